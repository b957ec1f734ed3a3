{{/* The common fields of the container in every mode. */}}
{{- define "keepalive-exporter.containerBase" -}}
name: keepalive-exporter
image: {{ include "keepalive-exporter.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args:
  - serve
  - --config.file=/etc/keepalive-exporter/config.yml
  {{- if .Values.web.existingSecret }}
  - --web.config.file=/run/secrets/keepalive-exporter-web/web.yml
  {{- end }}
  {{- with .Values.extraArgs }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.extraEnv }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "keepalive-exporter.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* The probes of kubelet. With authentication, which applies to every path, they only connect. */}}
{{- define "keepalive-exporter.probeHandler" -}}
{{- if .root.Values.web.authentication -}}
tcpSocket: {port: {{ .port }}}
{{- else if eq .root.Values.web.scheme "https" -}}
httpGet: {path: {{ .path }}, port: {{ .port }}, scheme: HTTPS}
{{- else -}}
httpGet: {path: {{ .path }}, port: {{ .port }}}
{{- end -}}
{{- end -}}

{{- define "keepalive-exporter.livenessProbe" -}}
livenessProbe:
  {{ include "keepalive-exporter.probeHandler" (dict "root" .root "port" .port "path" "/-/healthy") }}
  initialDelaySeconds: 30
  periodSeconds: 10
  timeoutSeconds: 3
{{- end -}}

{{- define "keepalive-exporter.secretVolumes" -}}
{{- if .Values.existingSecret }}
- name: keepalive-secret
  secret:
    secretName: {{ .Values.existingSecret }}
{{- end }}
{{- if .Values.web.existingSecret }}
- name: keepalive-web
  secret:
    secretName: {{ .Values.web.existingSecret }}
{{- end }}
{{- end -}}

{{- define "keepalive-exporter.extraVolumeMounts" -}}
{{- if .Values.existingSecret }}
- name: keepalive-secret
  mountPath: /run/secrets/keepalive-exporter
  readOnly: true
{{- end }}
{{- if .Values.web.existingSecret }}
- name: keepalive-web
  mountPath: /run/secrets/keepalive-exporter-web
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The container of central and daemonset. */}}
{{- define "keepalive-exporter.container" -}}
{{ include "keepalive-exporter.containerBase" . }}
ports:
  - name: metrics
    containerPort: 9921
securityContext:
  {{- include "keepalive-exporter.securityContext" . | nindent 2 }}
{{ include "keepalive-exporter.livenessProbe" (dict "root" . "port" "metrics") }}
readinessProbe:
  {{ include "keepalive-exporter.probeHandler" (dict "root" . "port" "metrics" "path" "/-/ready") }}
  periodSeconds: 5
  timeoutSeconds: 3
resources:
  {{- toYaml (index .Values .Values.mode).resources | nindent 2 }}
volumeMounts:
  - name: config
    mountPath: /etc/keepalive-exporter
    readOnly: true
  {{- if eq .Values.mode "daemonset" }}
  - name: pod-logs
    mountPath: /var/log/pods
    readOnly: true
  - name: checkpoint
    mountPath: /var/lib/keepalive-exporter
  {{- end }}
  {{- include "keepalive-exporter.extraVolumeMounts" . | nindent 2 }}
{{- end -}}

{{/* Metadata of the pods of central and daemonset. */}}
{{- define "keepalive-exporter.podMetadata" -}}
labels:
  {{- include "keepalive-exporter.selectorLabels" . | nindent 2 }}
  {{- with .Values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  checksum/config: {{ include "keepalive-exporter.config" . | sha256sum }}
  {{- with .Values.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* The common fields of the pods of central and daemonset, below spec. */}}
{{- define "keepalive-exporter.podCommon" -}}
automountServiceAccountToken: false
terminationGracePeriodSeconds: 10
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with (index .Values .Values.mode).tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - {{- include "keepalive-exporter.container" . | nindent 4 }}
volumes:
  - name: config
    configMap:
      name: {{ include "keepalive-exporter.configMapName" . }}
  {{- if eq .Values.mode "daemonset" }}
  - name: pod-logs
    hostPath: {path: {{ .Values.daemonset.podLogsPath }}, type: Directory}
  - name: checkpoint
    hostPath: {path: {{ .Values.daemonset.checkpointPath }}, type: DirectoryOrCreate}
  {{- end }}
  {{- with include "keepalive-exporter.secretVolumes" . }}
  {{- trim . | nindent 2 }}
  {{- end }}
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}
