{{- define "keepalive-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "keepalive-exporter.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "keepalive-exporter.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "keepalive-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "keepalive-exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "keepalive-exporter.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "keepalive-exporter.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "keepalive-exporter.monitorLabels" -}}
{{ include "keepalive-exporter.labels" . }}
{{- with .Values.monitorLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The credentials of Prometheus, in monitors and Probes. */}}
{{- define "keepalive-exporter.credentials" -}}
{{- with .Values.web.prometheus.basicAuth }}
basicAuth:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.web.prometheus.tlsConfig }}
tlsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "keepalive-exporter.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "keepalive-exporter.configMapName" -}}
{{- .Values.existingConfigMap | default (include "keepalive-exporter.fullname" .) -}}
{{- end -}}

{{- define "keepalive-exporter.config" -}}
{{- if .Values.config -}}
{{ toYaml .Values.config }}
{{- else -}}
{{- .Files.Get (printf "files/config-%s.yml" .Values.mode) -}}
{{- end -}}
{{- end -}}

{{/* Rejects values that would fail in the cluster, with a message. */}}
{{- define "keepalive-exporter.check" -}}
{{- if and (eq .Values.mode "sidecar") (not .Values.config) (not .Values.existingConfigMap) -}}
{{- fail "mode sidecar: config is empty; write the targets of the pod (docs/deploy/kubernetes-sidecar.md), or name existingConfigMap" -}}
{{- end -}}
{{- if and .Values.config .Values.existingConfigMap -}}
{{- fail "config and existingConfigMap are both set; keep one" -}}
{{- end -}}
{{- if and (eq .Values.mode "central") .Values.config.targets (gt (int .Values.central.replicas) 1) -}}
{{- fail (printf "config.targets with %d replicas: each replica would report every target; set central.replicas=1, or name the servers in probes" (int .Values.central.replicas)) -}}
{{- end -}}
{{- if and (not .Values.web.existingSecret) (or (eq .Values.web.scheme "https") .Values.web.authentication .Values.web.prometheus.basicAuth .Values.web.prometheus.tlsConfig) -}}
{{- fail "web: existingSecret is empty, so the port speaks plain HTTP without a password; name the Secret that holds web.yml" -}}
{{- end -}}
{{- if and .Values.web.prometheus.basicAuth (not .Values.web.authentication) -}}
{{- fail "web.prometheus.basicAuth without web.authentication=true: the probes of kubelet would be refused and the pod restarted" -}}
{{- end -}}
{{- if and .Values.podMonitor.enabled .Values.serviceMonitor.enabled -}}
{{- fail "podMonitor and serviceMonitor are both enabled: they would double every series; disable one" -}}
{{- end -}}
{{- if and .Values.serviceMonitor.enabled (ne .Values.mode "central") -}}
{{- fail (printf "serviceMonitor: mode %s has no Service; use podMonitor" .Values.mode) -}}
{{- end -}}
{{- if and .Values.probes (ne .Values.mode "central") -}}
{{- fail (printf "probes: only mode central answers them, and this is mode %s" .Values.mode) -}}
{{- end -}}
{{- end -}}
