// Generated from tools/rules/write-mixin.ts by `npm run generate`; do not edit.
// A monitoring mixin: alerts/README.md describes its use and configuration.
(import 'alerts/mixin/config.libsonnet') +
(import 'alerts/mixin/rules.libsonnet') +
{
  grafanaDashboards+:: {
    'keepalive-fleet.json': import 'dashboards/keepalive-fleet.json',
    'keepalive-service.json': import 'dashboards/keepalive-service.json',
    'keepalive-apache.json': import 'dashboards/keepalive-apache.json',
    'keepalive-nginx.json': import 'dashboards/keepalive-nginx.json',
    'keepalive-traffic.json': import 'dashboards/keepalive-traffic.json',
    'keepalive-tuning.json': import 'dashboards/keepalive-tuning.json',
    'keepalive-slo.json': import 'dashboards/keepalive-slo.json',
    'keepalive-exporter.json': import 'dashboards/keepalive-exporter.json',
  },
}
