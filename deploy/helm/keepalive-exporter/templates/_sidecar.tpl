{{/*
For your own chart that depends on this one: README, "In your own chart". Each takes this chart's scope:
  {{- $exporter := index .Subcharts "keepalive-exporter" }}
*/}}

{{/* A native sidecar: an entry of initContainers. No readiness probe: it must not remove the pod from its Service. */}}
{{- define "keepalive-exporter.sidecar.container" -}}
- {{- include "keepalive-exporter.containerBase" . | nindent 2 }}
  restartPolicy: Always
  ports:
    - name: keepalive
      containerPort: 9921
  securityContext:
    {{- include "keepalive-exporter.securityContext" . | nindent 4 }}
    runAsNonRoot: true
    runAsUser: 65532
    runAsGroup: 65532
    seccompProfile:
      type: RuntimeDefault
  {{- include "keepalive-exporter.livenessProbe" (dict "root" . "port" "keepalive") | nindent 2 }}
  resources:
    {{- toYaml .Values.sidecar.resources | nindent 4 }}
  volumeMounts:
    {{- with .Values.sidecar.logsVolume }}
    - name: {{ . }}
      mountPath: /var/log/web
      readOnly: true
    {{- end }}
    - name: keepalive-config
      mountPath: /etc/keepalive-exporter
      readOnly: true
    - name: keepalive-checkpoint
      mountPath: /var/lib/keepalive-exporter
    {{- include "keepalive-exporter.extraVolumeMounts" . | nindent 4 }}
{{- end -}}

{{/* The volumes of the sidecar: entries of volumes. */}}
{{- define "keepalive-exporter.sidecar.volumes" -}}
- name: keepalive-config
  configMap:
    name: {{ include "keepalive-exporter.configMapName" . }}
- name: keepalive-checkpoint
  emptyDir:
    sizeLimit: 64Mi
{{- with include "keepalive-exporter.secretVolumes" . }}
{{ trim . }}
{{- end }}
{{- end -}}

{{/* The labels by which the PodMonitor selects the pod. */}}
{{- define "keepalive-exporter.sidecar.podLabels" -}}
{{- with .Values.sidecar.podSelector }}
{{- toYaml . }}
{{- else -}}
keepalive-exporter/sidecar: {{ include "keepalive-exporter.fullname" . | quote }}
{{- end }}
{{- end -}}

{{/* Restarts the pods when the configuration changes. */}}
{{- define "keepalive-exporter.sidecar.podAnnotations" -}}
checksum/keepalive-exporter: {{ include "keepalive-exporter.config" . | sha256sum }}
{{- end -}}

{{/* For kubectl patch --patch-file. */}}
{{- define "keepalive-exporter.sidecar.patch" -}}
spec:
  template:
    metadata:
      labels:
        {{- include "keepalive-exporter.sidecar.podLabels" . | nindent 8 }}
    spec:
      initContainers:
        {{- include "keepalive-exporter.sidecar.container" . | nindent 8 }}
      volumes:
        {{- include "keepalive-exporter.sidecar.volumes" . | nindent 8 }}
{{- end -}}
