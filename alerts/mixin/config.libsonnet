// Generated from alerts/config.yml by `npm run generate`; do not edit.
{
  _config+:: {
    "runbook_url": "https://docs.example.com/keepalive-exporter/runbooks",
    "grafana_url": "https://grafana.example.com",
    "selector": "",
    "alert_labels": {},
    "service_labels": [
      "cluster",
      "namespace",
      "job",
      "target",
      "server"
    ],
    "fleet_labels": [
      "cluster",
      "namespace",
      "job"
    ],
    "instance_labels": [
      "cluster",
      "job",
      "instance"
    ],
    "alerts": {},
    "availability_objective": 0.999,
    "latency_objective": 0.99,
    "latency_seconds": 1,
    "slo_windows": [
      {
        "severity": "critical",
        "long": "1h",
        "short": "5m",
        "burn": 14.4,
        "for": "2m"
      },
      {
        "severity": "critical",
        "long": "6h",
        "short": "30m",
        "burn": 6,
        "for": "15m"
      },
      {
        "severity": "warning",
        "long": "1d",
        "short": "2h",
        "burn": 3,
        "for": "1h"
      },
      {
        "severity": "warning",
        "long": "3d",
        "short": "6h",
        "burn": 1,
        "for": "3h"
      }
    ],
    "exhausted_seconds": 60,
    "fleet_down_share": 0.3,
    "fleet_down_targets": 3,
    "restart_loop_starts": 3,
    "status_slow_seconds": 1,
    "saturation_high_share": 0.5,
    "saturation_peaks_share": 0.05,
    "slots_full_hours": 4,
    "slots_full_from": 0.5,
    "hoarding_occupancy": 0.5,
    "hoarding_saturation": 0.8,
    "reclaimed_events": 5,
    "graceful_share": 0.3,
    "graceful_available": 0.2,
    "accept_queue_share": 0.5,
    "accept_queue_floor": 10,
    "listen_overflows": 10,
    "dropped_connections": 5,
    "dropped_share": 0.001,
    "connections_share": 0.85,
    "connections_saturation": 0.5,
    "slow_clients_share": 0.3,
    "slow_clients_slots": 10,
    "one_client_share": 0.3,
    "one_client_slots": 10,
    "file_descriptors_share": 0.85,
    "timeout_share": 0.05,
    "timeout_events": 10,
    "timeout_factor": 3,
    "abort_share": 0.05,
    "abort_events": 10,
    "abort_factor": 3,
    "latency_p95_seconds": 1,
    "latency_p99_seconds": 2.5,
    "latency_requests": 100,
    "reuse_factor": 3,
    "reuse_minimum_rate": 1,
    "traffic_collapsed_share": 0.2,
    "traffic_minimum_rate": 0.5,
    "log_stalled_rate": 1,
    "log_unparsed_share": 0.01,
    "log_unparsed_lines": 10,
    "log_unparsed_rate": 1,
    "log_lag_bytes": 10000000,
    "datagrams_dropped": 10,
    "checkpoint_stale_seconds": 600,
    "samples_missed_share": 0.2,
    "slo_minimum_requests": 100,
    "slo_minimum_bad": 10
  },
}
