// Generated from alerts/templates/ by `npm run generate`; do not edit.
[
  {
    "name": "keepalive-connections",
    "interval": "30s",
    "rules": [
      {
        "alert": "WebserverAcceptQueueGrowing",
        "expr": "webserver_accept_queue_length%(selector_alone)s / webserver_accept_queue_limit%(selector_alone)s > %(accept_queue_share)s\n  and webserver_accept_queue_length%(selector_alone)s > %(accept_queue_floor)s\n",
        "for": "2m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "Visitors of {{ $labels.target }} wait to be accepted",
          "description": "The accept queue of {{ $labels.target }} at {{ $labels.listen }} is {{ $value | humanizePercentage }} full; at its limit the kernel drops connections. Check whether all slots are in use, or whether the server has stopped accepting connections.",
          "runbook_url": "%(runbook_url)s/WebserverAcceptQueueGrowing.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverListenOverflows",
        "expr": "increase(webserver_kernel_listen_overflows_total%(selector_alone)s[%(connections_window)s]) > %(listen_overflows)s",
        "for": "1m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "The kernel drops connections on the host of {{ $labels.target }}",
          "description": "{{ $value | printf \"%%.0f\" }} connections were dropped within %(connections_window)s because an accept queue in the network namespace of {{ $labels.target }} was full. Find the socket with ss -ltn: its Recv-Q has reached its Send-Q.",
          "runbook_url": "%(runbook_url)s/WebserverListenOverflows.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverConnectionsDropped",
        "expr": "target:webserver_connections_dropped:increase%(connections_window)s > %(dropped_connections)s\n  and target:webserver_connections_dropped:increase%(connections_window)s\n    > %(dropped_share)s * increase(webserver_connections_accepted_total%(selector_alone)s[%(connections_window)s])\n",
        "for": "1m",
        "keep_firing_for": "5m",
        "labels": {
          "severity": "critical"
        },
        "annotations": {
          "summary": "{{ $labels.target }} drops connections",
          "description": "{{ $labels.target }} dropped {{ $value | printf \"%%.0f\" }} visitors within %(connections_window)s because it had no free connection. Check whether slow clients or a slow upstream hold the connections, and raise worker_connections and worker_rlimit_nofile.",
          "runbook_url": "%(runbook_url)s/WebserverConnectionsDropped.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverConnectionsNearLimit",
        "expr": "webserver_connection_occupancy_ratio%(selector_alone)s > %(connections_share)s\n  and webserver_worker_saturation_ratio%(selector_alone)s > %(connections_saturation)s\n",
        "for": "10m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "{{ $labels.target }} is near its connection limit",
          "description": "{{ $value | humanizePercentage }} of the connections of {{ $labels.target }} are open, and more than %(connections_saturation_percent)s %% of its slots are busy, so it can close few connections to make room. Shorten the keep-alive timeout, or raise the limit, before it drops visitors.",
          "runbook_url": "%(runbook_url)s/WebserverConnectionsNearLimit.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverSlowClients",
        "expr": "(\n  avg_over_time(target:webserver_slots_reading:ratio[%(connections_window)s]) > %(slow_clients_share)s\n  and ignoring (kind) sum without (kind, state) (avg_over_time(webserver_slots{state=\"reading\"%(selector_more)s}[%(connections_window)s])) > %(slow_clients_slots)s\n)\nor (\n  avg_over_time(target:webserver_slots_reading_or_active:ratio[%(connections_window)s]) > %(slow_clients_share)s\n  and ignoring (kind) sum without (stage) (increase(webserver_log_request_timeouts_total{stage=\"request\"%(selector_more)s}[%(connections_window)s])) > %(slow_clients_slots)s\n)\n",
        "for": "2m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "Slow clients hold the slots of {{ $labels.target }}",
          "description": "{{ $value | humanizePercentage }} of the slots of {{ $labels.target }} wait for the rest of a request: slow networks, or a Slowloris attack. Limit the time for a request, and block the address that holds most slots.",
          "runbook_url": "%(runbook_url)s/WebserverSlowClients.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverOneClientHoldsSlots",
        "expr": "(\n  webserver_slot_top_client_slots%(selector_alone)s\n    / ignoring (kind) max without (source) (webserver_slots_limit{kind=\"worker\"%(selector_more)s}) > %(one_client_share)s\n  and webserver_slot_top_client_slots%(selector_alone)s > %(one_client_slots)s\n)\nor (\n  webserver_connection_top_client_connections%(selector_alone)s\n    / max without (kind, source) (webserver_slots_limit%(selector_alone)s) > %(one_client_share)s\n  and webserver_connection_top_client_connections%(selector_alone)s > %(one_client_slots)s\n  and webserver_connection_clients%(selector_alone)s > 5\n  unless webserver_slot_top_client_slots%(selector_alone)s\n)\n",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "One client holds the slots of {{ $labels.target }}",
          "description": "One client address holds {{ $value | humanizePercentage }} of the slots of {{ $labels.target }}: a crawler, an attack, or a proxy that hides the addresses of visitors. Find the address on the status page or with ss, and limit or block it.",
          "runbook_url": "%(runbook_url)s/WebserverOneClientHoldsSlots.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverLimitLogged",
        "expr": "sum without (event) (increase(webserver_error_log_events_total{event=~\"max_request_workers|scoreboard_full|worker_connections_exhausted|too_many_open_files\"%(selector_more)s}[%(limit_logged_window)s])) > 0",
        "labels": {
          "severity": "info"
        },
        "annotations": {
          "summary": "The error log of {{ $labels.target }} reports a limit",
          "description": "Within the last %(limit_logged_window)s the error log of {{ $labels.target }} reported that a limit of slots, connections or open files was reached. Check whether slots are free now: if so, the shortage is over.",
          "runbook_url": "%(runbook_url)s/WebserverLimitLogged.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverFileDescriptorsNearLimit",
        "expr": "webserver_open_fds%(selector_alone)s / (webserver_max_fds%(selector_alone)s > 0) > %(file_descriptors_share)s",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "{{ $labels.target }} is near its limit of open files",
          "description": "A process of {{ $labels.target }} has {{ $value | humanizePercentage }} of its file descriptors open; at the limit it accepts no connection and opens no file. Raise worker_rlimit_nofile or LimitNOFILE; if the number of connections is as usual, look for a leak.",
          "runbook_url": "%(runbook_url)s/WebserverFileDescriptorsNearLimit.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      }
    ]
  },
  {
    "name": "keepalive-exporter",
    "interval": "30s",
    "rules": [
      {
        "alert": "KeepaliveExporterDown",
        "expr": "up%(selector_alone)s == 0 and on (%(instance_labels)s) present_over_time(keepalive_exporter_build_info%(selector_alone)s[1d])",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "The exporter {{ $labels.instance }} is down",
          "description": "Prometheus has not been able to scrape {{ $labels.instance }} for %(for)s, so the state of its web servers is unknown. Start the exporter, or repair the network between it and Prometheus.",
          "runbook_url": "%(runbook_url)s/KeepaliveExporterDown.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-exporter?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverUnobserved",
        "expr": "up%(selector_alone)s == 0\n  and on (%(instance_labels)s) present_over_time(webserver_up%(selector_alone)s[1d])\n  and on (%(instance_labels)s) present_over_time(keepalive_exporter_build_info%(selector_alone)s[1d])\n",
        "for": "3m",
        "labels": {
          "severity": "critical"
        },
        "annotations": {
          "summary": "The web servers of {{ $labels.instance }} are not watched",
          "description": "The exporter {{ $labels.instance }} has not answered for %(for)s: either it is down, or its whole host with the web servers. Try the site first; if it answers, start the exporter.",
          "runbook_url": "%(runbook_url)s/WebserverUnobserved.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-fleet?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "KeepaliveProbesUnanswered",
        "expr": "count by (%(fleet_labels)s) (up%(selector_alone)s == 0 and on (%(instance_labels)s) present_over_time(probe_success%(selector_alone)s[1d]))",
        "for": "5m",
        "labels": {
          "severity": "critical"
        },
        "annotations": {
          "summary": "The exporter does not answer the probes of {{ $labels.job }}",
          "description": "{{ $value }} probes of the job {{ $labels.job }} have had no answer from the exporter for %(for)s, so the state of these servers is unknown. Start the exporter, or repair the network between it and Prometheus.",
          "runbook_url": "%(runbook_url)s/KeepaliveProbesUnanswered.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-fleet?var-job={{ $labels.job | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "KeepaliveExporterReloadFailed",
        "expr": "keepalive_exporter_config_last_reload_successful%(selector_alone)s == 0",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "The exporter {{ $labels.instance }} rejects its configuration",
          "description": "The configuration file of {{ $labels.instance }} is not valid, so the exporter continues with the previous one, and a restart would fail. Correct the line that its log names, and reload.",
          "runbook_url": "%(runbook_url)s/KeepaliveExporterReloadFailed.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-exporter?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "KeepaliveExporterCollectorFailing",
        "expr": "increase(keepalive_exporter_collector_failures_total%(selector_alone)s[%(exporter_failures_window)s]) > 0",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "The exporter {{ $labels.instance }} omits metrics",
          "description": "{{ $labels.instance }} has omitted {{ $value | printf \"%%.0f\" }} metric families within %(exporter_failures_window)s because it failed to read them, which is a defect of the exporter. Report the log line, and install the previous version if you need these metrics.",
          "runbook_url": "%(runbook_url)s/KeepaliveExporterCollectorFailing.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-exporter?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "KeepaliveExporterCheckpointFailing",
        "expr": "increase(keepalive_exporter_checkpoint_failures_total%(selector_alone)s[%(exporter_failures_window)s]) > 0",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "The exporter {{ $labels.instance }} cannot write its checkpoint",
          "description": "{{ $value | printf \"%%.0f\" }} checkpoints of {{ $labels.instance }} failed within %(exporter_failures_window)s; after a restart, log lines would be counted twice or not at all. Check the free space and the permissions of the checkpoint directory.",
          "runbook_url": "%(runbook_url)s/KeepaliveExporterCheckpointFailing.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-exporter?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "KeepaliveExporterCheckpointStale",
        "expr": "time() - keepalive_exporter_checkpoint_last_success_timestamp_seconds%(selector_alone)s > %(checkpoint_stale_seconds)s",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "The exporter {{ $labels.instance }} no longer writes checkpoints",
          "description": "The last checkpoint of {{ $labels.instance }} is {{ $value | humanizeDuration }} old; after a restart, log lines since then are counted twice or not at all. Check whether another exporter uses the same directory, and whether the disk responds.",
          "runbook_url": "%(runbook_url)s/KeepaliveExporterCheckpointStale.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-exporter?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "KeepaliveExporterLaneDown",
        "expr": "keepalive_exporter_lane_up%(selector_alone)s == 0 and webserver_up%(selector_alone)s == 1",
        "for": "10m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "The observation lane to {{ $labels.target }} is not connected",
          "description": "{{ $labels.target }} answers but closes the connection that sampling.observation_lane keeps open, so its status page will not answer when it is full. Check KeepAlive and KeepAliveTimeout, and any proxy in between.",
          "runbook_url": "%(runbook_url)s/KeepaliveExporterLaneDown.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "KeepaliveExporterSamplesMissed",
        "expr": "rate(keepalive_exporter_samples_missed_total%(selector_alone)s[%(samples_missed_window)s])\n  / (rate(keepalive_exporter_samples_missed_total%(selector_alone)s[%(samples_missed_window)s]) + rate(keepalive_exporter_samples_total%(selector_alone)s[%(samples_missed_window)s])) > %(samples_missed_share)s\n  and avg_over_time(webserver_up%(selector_alone)s[%(samples_missed_window)s]) > 0.9\n  unless max_over_time(webserver_exhausted%(selector_alone)s[%(samples_missed_window)s]) == 1\n",
        "for": "15m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "The exporter {{ $labels.instance }} misses samples of {{ $labels.target }}",
          "description": "{{ $value | humanizePercentage }} of the samples of {{ $labels.target }} were missed in %(samples_missed_window)s although it answers, so the exporter does not see short moments in which it is full. Check how long its status page takes, and how much processor time the exporter has.",
          "runbook_url": "%(runbook_url)s/KeepaliveExporterSamplesMissed.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverTargetVanished",
        "expr": "(group without () (webserver_up%(selector_alone)s offset 1h) or group without (source, reason) (webserver_log_source_up%(selector_alone)s offset 1h))\n  unless present_over_time(webserver_up%(selector_alone)s[%(vanished_window)s])\n  unless group without (source, reason) (present_over_time(webserver_log_source_up%(selector_alone)s[%(vanished_window)s]))\n  and on (%(instance_labels)s) up%(selector_alone)s == 1\n",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "{{ $labels.target }} is no longer watched",
          "description": "{{ $labels.target }} had metrics an hour ago and has had none for %(vanished_window)s, although its exporter answers. If it was not removed on purpose, add it to the configuration again.",
          "runbook_url": "%(runbook_url)s/WebserverTargetVanished.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverMetricsAbsent",
        "expr": "absent_over_time(webserver_up%(selector_alone)s[%(vanished_window)s]) and absent_over_time(webserver_log_source_up%(selector_alone)s[%(vanished_window)s])",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "No web server is watched",
          "description": "Prometheus has had neither webserver_up nor webserver_log_source_up of any target for %(vanished_window)s, so no alert on web servers can fire. Check the exporter, the scrape configuration and service discovery.",
          "runbook_url": "%(runbook_url)s/WebserverMetricsAbsent.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-fleet?from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "KeepaliveExporterWatchdog",
        "expr": "vector(1)",
        "labels": {
          "severity": "none"
        },
        "annotations": {
          "summary": "The alert chain works",
          "description": "This alert always fires: it proves that Prometheus evaluates rules and that Alertmanager delivers alerts. Its receiver must page when it stops arriving.",
          "runbook_url": "%(runbook_url)s/KeepaliveExporterWatchdog.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-fleet?from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      }
    ]
  },
  {
    "name": "keepalive-log-pipeline",
    "interval": "30s",
    "rules": [
      {
        "alert": "WebserverLogStalled",
        "expr": "target:webserver_visitor_requests:rate%(log_window)s > %(log_stalled_rate)s\n  and target:webserver_log_lines:rate%(log_window)s == 0\n",
        "for": "10m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "The access log of {{ $labels.target }} has no new lines",
          "description": "{{ $labels.target }} serves {{ $value | humanize }} requests per second, but no log line has been read for %(log_window)s, so no alert on latency or errors can fire. Check the disk, and the path and permissions of the log.",
          "runbook_url": "%(runbook_url)s/WebserverLogStalled.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverLogUnparsed",
        "expr": "(\n  target:webserver_log_lines_unparsed:ratio_rate%(log_window)s > %(log_unparsed_share)s\n  and ignoring (result) increase(webserver_log_lines_total{result=\"unparsed\"%(selector_more)s}[%(log_window)s]) > %(log_unparsed_lines)s\n)\nor (\n  target:webserver_log_lines_unparsed:ratio_rate%(log_window)s\n  and ignoring (result) rate(webserver_log_lines_total{result=\"unparsed\"%(selector_more)s}[%(log_window)s]) > %(log_unparsed_rate)s\n)\nor (\n  max without (field) (rate(webserver_log_bad_fields_total%(selector_alone)s[%(log_window)s])) / target:webserver_log_lines:rate%(log_window)s > %(log_unparsed_share)s\n  and max without (field) (increase(webserver_log_bad_fields_total%(selector_alone)s[%(log_window)s])) > %(log_unparsed_lines)s\n)\n",
        "for": "10m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "The access log of {{ $labels.target }} does not match its format",
          "description": "{{ $value | humanizePercentage }} of the log lines of {{ $labels.target }}, or a field in them, do not match the configured format and are missing from log metrics. Copy the format of the server unchanged into access_logs.format.",
          "runbook_url": "%(runbook_url)s/WebserverLogUnparsed.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverLogLagging",
        "expr": "min_over_time(webserver_log_lag_bytes%(selector_alone)s[%(log_window)s]) > %(log_lag_bytes)s",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "The exporter is behind in the log of {{ $labels.target }}",
          "description": "For more than %(log_window)s, {{ $value | humanize1024 }}B of {{ $labels.source }} have not been read yet, so log metrics are late. Give the exporter more processor time, or wait if it was restarted.",
          "runbook_url": "%(runbook_url)s/WebserverLogLagging.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverLogBytesLost",
        "expr": "increase(webserver_log_skipped_bytes_total%(selector_alone)s[%(lost_bytes_window)s]) > 0",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "Log lines of {{ $labels.target }} were lost",
          "description": "{{ $value | humanize1024 }}B of {{ $labels.source }} were deleted or truncated before they were read, so the counts of that time are too low. Rotate logs by rename, and keep at least one old file.",
          "runbook_url": "%(runbook_url)s/WebserverLogBytesLost.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverLogSourceDown",
        "expr": "max without (reason) (webserver_log_source_up%(selector_alone)s) == 0",
        "for": "10m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "A log of {{ $labels.target }} is not read",
          "description": "{{ $labels.source }} has not been readable for %(for)s, so its lines are missing from log metrics. The label reason of webserver_log_source_up shows what to repair.",
          "runbook_url": "%(runbook_url)s/WebserverLogSourceDown.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverLogDatagramsDropped",
        "expr": "increase(webserver_log_dropped_datagrams_total%(selector_alone)s[%(log_window)s]) > %(datagrams_dropped)s",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "Syslog lines of {{ $labels.target }} are dropped",
          "description": "The kernel dropped {{ $value | printf \"%%.0f\" }} datagrams of {{ $labels.source }} within %(log_window)s because the exporter did not read them in time, so log metrics are too low. Raise net.core.rmem_max, and restart the exporter.",
          "runbook_url": "%(runbook_url)s/WebserverLogDatagramsDropped.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      }
    ]
  },
  {
    "name": "keepalive-slots",
    "interval": "30s",
    "rules": [
      {
        "record": "target:webserver_saturated_above_95:ratio_rate%(saturation_peaks_window)s",
        "expr": "1 - sum without (le) (rate(webserver_worker_saturation_samples_bucket{le=\"0.95\"%(selector_more)s}[%(saturation_peaks_window)s]))\n  / (rate(webserver_worker_saturation_samples_count%(selector_alone)s[%(saturation_peaks_window)s]) > 0)\nor avg_over_time((webserver_worker_saturation_ratio%(selector_alone)s > bool 0.95)[%(saturation_peaks_window)s:15s])\n"
      },
      {
        "record": "target:webserver_saturated_above_80:ratio_rate%(saturation_high_window)s",
        "expr": "1 - sum without (le) (rate(webserver_worker_saturation_samples_bucket{le=\"0.8\"%(selector_more)s}[%(saturation_high_window)s]))\n  / (rate(webserver_worker_saturation_samples_count%(selector_alone)s[%(saturation_high_window)s]) > 0)\nor avg_over_time((webserver_worker_saturation_ratio%(selector_alone)s > bool 0.8)[%(saturation_high_window)s:15s])\n"
      },
      {
        "record": "target:webserver_slots_reading:ratio",
        "expr": "sum without (state) (webserver_slots{state=\"reading\"%(selector_more)s})\n  / sum without (source) (webserver_slots_limit%(selector_alone)s > 0)\n"
      },
      {
        "record": "target:webserver_slots_reading_or_active:ratio",
        "expr": "sum without (state) (webserver_slots{state=~\"reading|active\"%(selector_more)s})\n  / sum without (source) (webserver_slots_limit%(selector_alone)s > 0)\n"
      },
      {
        "record": "target:webserver_slots_graceful:ratio",
        "expr": "sum without (state) (webserver_slots{kind=\"worker\", state=\"graceful\"%(selector_more)s})\n  / sum without (source) (webserver_slots_limit{kind=\"worker\"%(selector_more)s} > 0)\n"
      },
      {
        "record": "target:webserver_slots_available:ratio",
        "expr": "sum without (state) (webserver_slots{kind=\"worker\", state=~\"idle|open\"%(selector_more)s})\n  / sum without (source) (webserver_slots_limit{kind=\"worker\"%(selector_more)s} > 0)\n"
      },
      {
        "record": "target:webserver_connections_dropped:increase%(connections_window)s",
        "expr": "clamp_min(increase(webserver_connections_accepted_total%(selector_alone)s[%(connections_window)s])\n  - increase(webserver_connections_handled_total%(selector_alone)s[%(connections_window)s]), 0)\n"
      },
      {
        "record": "target:webserver_visitor_requests:rate%(log_window)s",
        "expr": "rate(webserver_requests_total%(selector_alone)s[%(log_window)s]) - rate(keepalive_exporter_samples_total%(selector_alone)s[%(log_window)s])"
      },
      {
        "record": "target:webserver_visitor_requests:sum_rate%(traffic_collapsed_window)s",
        "expr": "sum by (%(service_labels)s) (\n  rate(webserver_requests_total%(selector_alone)s[%(traffic_collapsed_window)s])\n    - (rate(keepalive_exporter_samples_total%(selector_alone)s[%(traffic_collapsed_window)s]) or 0 * rate(webserver_requests_total%(selector_alone)s[%(traffic_collapsed_window)s]))\n)\nor (\n  sum by (%(service_labels)s) (rate(webserver_log_responses_by_class_total%(selector_alone)s[%(traffic_collapsed_window)s]))\n  unless sum by (%(service_labels)s) (webserver_up%(selector_alone)s)\n)\n"
      }
    ]
  },
  {
    "name": "keepalive-logs",
    "interval": "30s",
    "rules": [
      {
        "record": "target:webserver_log_responses:rate%(traffic_window)s",
        "expr": "sum without (class) (rate(webserver_log_responses_by_class_total%(selector_alone)s[%(traffic_window)s]))"
      },
      {
        "record": "target:webserver_log_request_timeouts:ratio_rate%(traffic_window)s",
        "expr": "sum without (stage) (rate(webserver_log_request_timeouts_total{stage=\"request\"%(selector_more)s}[%(traffic_window)s]))\n  / (target:webserver_log_responses:rate%(traffic_window)s > 0)\n"
      },
      {
        "record": "target:webserver_log_client_aborts:ratio_rate%(traffic_window)s",
        "expr": "rate(webserver_log_client_aborts_total%(selector_alone)s[%(traffic_window)s])\n  / (target:webserver_log_responses:rate%(traffic_window)s > 0)\n"
      },
      {
        "record": "target:webserver_log_request_timeouts:sum_ratio_rate1h",
        "expr": "sum by (%(service_labels)s) (rate(webserver_log_request_timeouts_total{stage=\"request\"%(selector_more)s}[1h]))\n  / (sum by (%(service_labels)s) (rate(webserver_log_responses_by_class_total%(selector_alone)s[1h])) > 0)\n"
      },
      {
        "record": "target:webserver_log_client_aborts:sum_ratio_rate1h",
        "expr": "sum by (%(service_labels)s) (rate(webserver_log_client_aborts_total%(selector_alone)s[1h]))\n  / (sum by (%(service_labels)s) (rate(webserver_log_responses_by_class_total%(selector_alone)s[1h])) > 0)\n"
      },
      {
        "record": "target:webserver_log_request_timeouts:sum_ratio_rate1d",
        "expr": "sum by (%(service_labels)s) (rate(webserver_log_request_timeouts_total{stage=\"request\"%(selector_more)s}[1d]))\n  / (sum by (%(service_labels)s) (rate(webserver_log_responses_by_class_total%(selector_alone)s[1d])) > 0)\n"
      },
      {
        "record": "target:webserver_log_client_aborts:sum_ratio_rate1d",
        "expr": "sum by (%(service_labels)s) (rate(webserver_log_client_aborts_total%(selector_alone)s[1d]))\n  / (sum by (%(service_labels)s) (rate(webserver_log_responses_by_class_total%(selector_alone)s[1d])) > 0)\n"
      },
      {
        "record": "target:webserver_log_request_duration_seconds:p95_%(traffic_window)s",
        "expr": "histogram_quantile(0.95, rate(webserver_log_request_duration_seconds_bucket%(selector_alone)s[%(traffic_window)s]))"
      },
      {
        "record": "target:webserver_log_request_duration_seconds:p99_%(traffic_window)s",
        "expr": "histogram_quantile(0.99, rate(webserver_log_request_duration_seconds_bucket%(selector_alone)s[%(traffic_window)s]))"
      },
      {
        "record": "target:webserver_log_requests_per_connection:rate%(reuse_window)s",
        "expr": "sum without (class) (rate(webserver_log_responses_by_class_total%(selector_alone)s[%(reuse_window)s]))\n  / (sum without (requests) (rate(webserver_log_connections_reached_total{requests=\"1\"%(selector_more)s}[%(reuse_window)s])) > 0)\n"
      },
      {
        "record": "target:webserver_log_requests_per_connection:sum_rate%(reuse_window)s",
        "expr": "sum by (%(service_labels)s) (rate(webserver_log_responses_by_class_total%(selector_alone)s[%(reuse_window)s]))\n  / (sum by (%(service_labels)s) (rate(webserver_log_connections_reached_total{requests=\"1\"%(selector_more)s}[%(reuse_window)s])) > 0)\n"
      },
      {
        "record": "target:webserver_log_lines:rate%(log_window)s",
        "expr": "sum without (result) (rate(webserver_log_lines_total%(selector_alone)s[%(log_window)s]))"
      },
      {
        "record": "target:webserver_log_lines_unparsed:ratio_rate%(log_window)s",
        "expr": "sum without (result) (rate(webserver_log_lines_total{result=\"unparsed\"%(selector_more)s}[%(log_window)s]))\n  / (target:webserver_log_lines:rate%(log_window)s > 0)\n"
      }
    ]
  },
  {
    "name": "keepalive-availability",
    "interval": "15s",
    "rules": [
      {
        "record": "target:webserver_exhausted:seconds3m",
        "expr": "5 * sum_over_time(webserver_exhausted%(selector_alone)s[3m:5s])"
      },
      {
        "alert": "WebserverExhausted",
        "expr": "target:webserver_exhausted:seconds3m > %(exhausted_seconds)s\nor (\n  max_over_time(target:webserver_exhausted:seconds3m[30m]) > %(exhausted_seconds)s\n  and last_over_time(webserver_exhausted%(selector_alone)s[30m]) == 1\n  and on (%(instance_labels)s) up%(selector_alone)s == 0\n)\n",
        "keep_firing_for": "3m",
        "labels": {
          "severity": "critical"
        },
        "annotations": {
          "summary": "{{ $labels.target }} has no free slot",
          "description": "In {{ $value }} of the last 180 seconds {{ $labels.target }} had no free slot: new visitors wait in the accept queue or are turned away. See on the dashboard which state holds the slots, and free them.{{ range query `webserver_advised_keepalive_timeout_seconds != ignoring (source) webserver_keepalive_timeout_seconds{source!='probe'}` }}{{ if and (eq .Labels.cluster $labels.cluster) (eq .Labels.job $labels.job) (eq .Labels.instance $labels.instance) (eq .Labels.target $labels.target) }} Advised: {{ if .Value }}a keep-alive timeout of {{ .Value }} s{{ else }}keep-alive off{{ end }}.{{ end }}{{ end }}{{ range query `webserver_advised_slots > max without (kind, source) (webserver_slots_limit{kind='worker'} or webserver_slots_limit{server='nginx'})` }}{{ if and (eq .Labels.cluster $labels.cluster) (eq .Labels.job $labels.job) (eq .Labels.instance $labels.instance) (eq .Labels.target $labels.target) }} Advised: {{ printf `%%.0f` .Value }} slots.{{ end }}{{ end }}",
          "runbook_url": "%(runbook_url)s/WebserverExhausted.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "record": "target:webserver_exhausted_unreachable:seconds3m",
        "expr": "5 * sum_over_time((webserver_exhausted%(selector_alone)s == 1 and webserver_up%(selector_alone)s == 0)[3m:5s])"
      },
      {
        "alert": "WebserverExhaustedUnreachable",
        "expr": "target:webserver_exhausted_unreachable:seconds3m > %(exhausted_seconds)s\nor (\n  max_over_time(target:webserver_exhausted_unreachable:seconds3m[30m]) > %(exhausted_seconds)s\n  and last_over_time(webserver_exhausted%(selector_alone)s[30m]) == 1\n  and on (%(instance_labels)s) up%(selector_alone)s == 0\n)\n",
        "keep_firing_for": "5m",
        "labels": {
          "severity": "critical"
        },
        "annotations": {
          "summary": "{{ $labels.target }} is full, and its status page does not answer",
          "description": "In {{ $value }} of the last 180 seconds all slots of {{ $labels.target }} were in use, and neither visitors nor the exporter got an answer. Do not restart it at once, because that ends the requests it serves: free the slots that idle clients, slow clients or slow requests hold.",
          "runbook_url": "%(runbook_url)s/WebserverExhaustedUnreachable.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverVisitorsUnanswered",
        "expr": "5 * sum_over_time(webserver_visitors_unanswered%(selector_alone)s[3m:5s]) > %(exhausted_seconds)s\n  unless target:webserver_exhausted:seconds3m > %(exhausted_seconds)s\n",
        "for": "15s",
        "keep_firing_for": "3m",
        "labels": {
          "severity": "critical"
        },
        "annotations": {
          "summary": "Visitors of {{ $labels.target }} get no answer",
          "description": "In {{ $value }} of the last 180 seconds visitors who connected to {{ $labels.target }} got no answer, although nothing shows that its slots are full: it hangs, is starting, or waits for another system. Look for processes that wait for a disk and for a slow upstream before you restart it.",
          "runbook_url": "%(runbook_url)s/WebserverVisitorsUnanswered.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverDown",
        "expr": "webserver_up%(selector_alone)s == 0\n  unless webserver_exhausted%(selector_alone)s == 1\n  unless ignoring (result) webserver_scrape_result{result=~\"http_status|not_a_status_page|too_large|tls\"%(selector_more)s} == 1\n",
        "for": "2m",
        "labels": {
          "severity": "critical"
        },
        "annotations": {
          "summary": "{{ $labels.target }} is down",
          "description": "The status page of {{ $labels.target }} has not been readable for %(for)s, and nothing shows that the server is full. Try the site itself first; webserver_scrape_result shows how the poll ended.",
          "runbook_url": "%(runbook_url)s/WebserverDown.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverStatusUnreadable",
        "expr": "webserver_scrape_result{result=~\"http_status|not_a_status_page|too_large|tls\"%(selector_more)s} == 1",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "The status page of {{ $labels.target }} cannot be read",
          "description": "{{ $labels.target }} answers, but not with its status page ({{ $labels.result }}), so its slots and saturation are unknown. Give the exporter access to the status page, or correct status_url.",
          "runbook_url": "%(runbook_url)s/WebserverStatusUnreadable.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      }
    ]
  },
  {
    "name": "keepalive-fleet",
    "interval": "15s",
    "rules": [
      {
        "record": "job:webserver_exporters_silent:group",
        "expr": "group by (%(fleet_labels)s, instance) (\n  last_over_time(webserver_up%(selector_alone)s[1h])\n  and on (%(instance_labels)s) up%(selector_alone)s == 0\n  unless on (%(instance_labels)s) present_over_time(probe_success%(selector_alone)s[1h])\n)\n"
      },
      {
        "record": "job:webserver_targets_down:count",
        "expr": "count by (%(fleet_labels)s) (\n  (\n    webserver_up%(selector_alone)s == 0\n    unless webserver_exhausted%(selector_alone)s == 1\n    unless ignoring (result) webserver_scrape_result{result=~\"http_status|not_a_status_page|too_large|tls\"%(selector_more)s} == 1\n  )\n  or job:webserver_exporters_silent:group\n)\n"
      },
      {
        "record": "job:webserver_targets:count",
        "expr": "count by (%(fleet_labels)s) (webserver_up%(selector_alone)s or job:webserver_exporters_silent:group)"
      },
      {
        "alert": "WebserverFleetDown",
        "expr": "job:webserver_targets_down:count / job:webserver_targets:count > %(fleet_down_share)s\n  and job:webserver_targets_down:count >= %(fleet_down_targets)s\n",
        "for": "1m",
        "keep_firing_for": "3m",
        "labels": {
          "severity": "critical"
        },
        "annotations": {
          "summary": "{{ $value | humanizePercentage }} of the web servers of {{ $labels.job }} are down",
          "description": "More than %(fleet_down_share_percent)s %% of the web servers of {{ $labels.job }}, and at least %(fleet_down_targets)s, cannot be reached. Look first for what they share, such as a host, a zone or a change, and only then at a single server.",
          "runbook_url": "%(runbook_url)s/WebserverFleetDown.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-fleet?var-job={{ $labels.job | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      }
    ]
  },
  {
    "name": "keepalive-saturation",
    "interval": "30s",
    "rules": [
      {
        "alert": "WebserverSaturationHigh",
        "expr": "target:webserver_saturated_above_80:ratio_rate%(saturation_high_window)s > %(saturation_high_share)s",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "{{ $labels.target }} is above 80 %% saturation most of the time",
          "description": "In {{ $value | humanizePercentage }} of the last %(saturation_high_window)s more than 80 %% of the slots of {{ $labels.target }} could take no visitor, and the next spike may fill it. See on the dashboard which state holds the slots, and free them.{{ range query `webserver_advised_keepalive_timeout_seconds != ignoring (source) webserver_keepalive_timeout_seconds{source!='probe'}` }}{{ if and (eq .Labels.cluster $labels.cluster) (eq .Labels.job $labels.job) (eq .Labels.instance $labels.instance) (eq .Labels.target $labels.target) }} Advised: {{ if .Value }}a keep-alive timeout of {{ .Value }} s{{ else }}keep-alive off{{ end }}.{{ end }}{{ end }}{{ range query `webserver_advised_slots > max without (kind, source) (webserver_slots_limit{kind='worker'} or webserver_slots_limit{server='nginx'})` }}{{ if and (eq .Labels.cluster $labels.cluster) (eq .Labels.job $labels.job) (eq .Labels.instance $labels.instance) (eq .Labels.target $labels.target) }} Advised: {{ printf `%%.0f` .Value }} slots.{{ end }}{{ end }}",
          "runbook_url": "%(runbook_url)s/WebserverSaturationHigh.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverSaturationPeaks",
        "expr": "target:webserver_saturated_above_95:ratio_rate%(saturation_peaks_window)s > %(saturation_peaks_share)s",
        "for": "10m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "{{ $labels.target }} is full for moments",
          "description": "In {{ $value | humanizePercentage }} of the last %(saturation_peaks_window)s more than 95 %% of the slots of {{ $labels.target }} were in use, and visitors waited in these moments. Look for bursts, such as cron jobs or crawlers, and for idle clients that hold the slots.",
          "runbook_url": "%(runbook_url)s/WebserverSaturationPeaks.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverKeepaliveHoarding",
        "expr": "avg_over_time(webserver_keepalive_slot_occupancy_ratio%(selector_alone)s[%(hoarding_window)s]) > %(hoarding_occupancy)s\n  and avg_over_time(webserver_worker_saturation_ratio%(selector_alone)s[%(hoarding_window)s]) > %(hoarding_saturation)s\n  and ignoring (version, mpm, keepalive_model) last_over_time(webserver_info{keepalive_model=\"blocking\"%(selector_more)s}[1h])\n",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "Idle keep-alive clients hold the workers of {{ $labels.target }}",
          "description": "{{ $value | humanizePercentage }} of the workers of {{ $labels.target }} wait for the next request of an idle client, while saturation is above %(hoarding_saturation_percent)s %%. Shorten KeepAliveTimeout step by step, and watch 408 and 499.{{ range query `webserver_advised_keepalive_timeout_seconds != ignoring (source) webserver_keepalive_timeout_seconds{source!='probe'}` }}{{ if and (eq .Labels.cluster $labels.cluster) (eq .Labels.job $labels.job) (eq .Labels.instance $labels.instance) (eq .Labels.target $labels.target) }} Advised: {{ if .Value }}a keep-alive timeout of {{ .Value }} s{{ else }}keep-alive off{{ end }}.{{ end }}{{ end }}{{ range query `webserver_advised_slots > max without (kind, source) (webserver_slots_limit{kind='worker'} or webserver_slots_limit{server='nginx'})` }}{{ if and (eq .Labels.cluster $labels.cluster) (eq .Labels.job $labels.job) (eq .Labels.instance $labels.instance) (eq .Labels.target $labels.target) }} Advised: {{ printf `%%.0f` .Value }} slots.{{ end }}{{ end }}",
          "runbook_url": "%(runbook_url)s/WebserverKeepaliveHoarding.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverKeepaliveReclaimed",
        "expr": "sum without (event) (increase(webserver_error_log_events_total{event=\"keepalive_reclaimed\"%(selector_more)s}[%(reclaimed_window)s])) > %(reclaimed_events)s\n  or (\n    webserver_connection_occupancy_ratio{server=\"nginx\"%(selector_more)s} > 0.9375\n    and ignoring (kind, state) webserver_slots{kind=\"connection\", state=\"keepalive\"%(selector_more)s} > 0\n  )\n  or (\n    webserver_connection_occupancy_ratio{server=\"apache\"%(selector_more)s} > 0.9375\n    and ignoring (kind, state) webserver_slots{kind=\"connection\", state=\"keepalive\"%(selector_more)s} > 0\n    and webserver_worker_saturation_ratio%(selector_alone)s > 0.9\n  )\n",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "{{ $labels.target }} closes idle keep-alive connections to make room",
          "description": "Fewer than 1/16 of the connections of {{ $labels.target }} are free, or its error log reports that it closes idle ones; soon it may drop visitors. Shorten the keep-alive timeout, or allow more connections.",
          "runbook_url": "%(runbook_url)s/WebserverKeepaliveReclaimed.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverGracefulRestartStuck",
        "expr": "target:webserver_slots_graceful:ratio > %(graceful_share)s\n  and ignoring (kind) target:webserver_slots_available:ratio < %(graceful_available)s\n",
        "for": "25m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "A graceful restart of {{ $labels.target }} does not end",
          "description": "{{ $value | humanizePercentage }} of the workers of {{ $labels.target }} still serve requests of an earlier configuration, and fewer than %(graceful_available_percent)s %% are available. Find these requests on the status page (state G), and end the downloads or websockets among them if that is acceptable.",
          "runbook_url": "%(runbook_url)s/WebserverGracefulRestartStuck.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverRestartLoop",
        "expr": "count_over_time(\n  (webserver_start_time_seconds%(selector_alone)s - last_over_time(webserver_start_time_seconds%(selector_alone)s[15m] offset 1m) > 5)[%(restart_loop_window)s:1m]\n) >= %(restart_loop_starts)s\nor resets(webserver_connections_accepted_total{server=\"nginx\"%(selector_more)s}[%(restart_loop_window)s]) >= %(restart_loop_starts)s\n",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "{{ $labels.target }} restarts repeatedly",
          "description": "{{ $labels.target }} has restarted {{ $value }} times within %(restart_loop_window)s, and each restart ends requests. Check its journal for out-of-memory kills, crashes and failed health checks.",
          "runbook_url": "%(runbook_url)s/WebserverRestartLoop.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverStatusSlow",
        "expr": "webserver_scrape_duration_seconds%(selector_alone)s > %(status_slow_seconds)s and webserver_up%(selector_alone)s == 1",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "The status page of {{ $labels.target }} is slow",
          "description": "Reading the status page of {{ $labels.target }} takes {{ $value | humanizeDuration }}: requests probably wait for a worker, and so do visitors. Check its saturation first, then processor and disk of the host.",
          "runbook_url": "%(runbook_url)s/WebserverStatusSlow.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverLimitUnknown",
        "expr": "webserver_up%(selector_alone)s == 1 unless ignoring (kind, source) webserver_slots_limit%(selector_alone)s",
        "for": "30m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "The connection limit of {{ $labels.target }} is unknown",
          "description": "The exporter does not know how many connections {{ $labels.target }} can hold, so its saturation is unknown and no alert can warn before it is full. Set capacity in the configuration of the exporter.",
          "runbook_url": "%(runbook_url)s/WebserverLimitUnknown.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverSlotsFullSoon",
        "expr": "predict_linear(webserver_worker_saturation_ratio%(selector_alone)s[%(slots_full_window)s], %(slots_full_hours)s * 3600) > 1\n  and avg_over_time(webserver_worker_saturation_ratio%(selector_alone)s[15m]) > %(slots_full_from)s\n  and webserver_worker_saturation_ratio%(selector_alone)s offset 1h\n  unless avg_over_time(webserver_worker_saturation_ratio%(selector_alone)s[15m])\n    <= 1.2 * avg_over_time(webserver_worker_saturation_ratio%(selector_alone)s[15m] offset 1d)\n  unless avg_over_time(webserver_worker_saturation_ratio%(selector_alone)s[15m])\n    <= 1.2 * avg_over_time(webserver_worker_saturation_ratio%(selector_alone)s[15m] offset 1w)\n",
        "for": "30m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "{{ $labels.target }} will be full within %(slots_full_hours)s hours",
          "description": "If saturation continues to rise as in the last %(slots_full_window)s, {{ $labels.target }} will have no free slot within %(slots_full_hours)s hours; at this time yesterday and a week ago it had more free slots. See on the dashboard which state grows, and free its slots.",
          "runbook_url": "%(runbook_url)s/WebserverSlotsFullSoon.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      }
    ]
  },
  {
    "name": "keepalive-slo-requests",
    "interval": "1m",
    "rules": [
      {
        "each": "long",
        "record": "target:slo_requests:increase%(window)s",
        "expr": "sum by (%(service_labels)s) (increase(webserver_log_responses_by_class_total%(selector_alone)s[%(window)s]))"
      }
    ]
  },
  {
    "name": "keepalive-slo_availability_failed",
    "interval": "1m",
    "rules": [
      {
        "each": "any",
        "record": "target:slo_availability_failed:ratio_rate%(window)s",
        "expr": "sum by (%(service_labels)s) (rate(webserver_log_responses_by_class_total{class=\"5xx\"%(selector_more)s}[%(window)s]))\n  / (sum by (%(service_labels)s) (rate(webserver_log_responses_by_class_total%(selector_alone)s[%(window)s])) > 0)\n"
      },
      {
        "each": "window",
        "alert": "WebserverAvailabilityBudgetBurn",
        "expr": "target:slo_availability_failed:ratio_rate%(long)s > %(availability_limit)s\n  and target:slo_availability_failed:ratio_rate%(short)s > %(availability_limit)s\n  and target:slo_requests:increase%(long)s >= %(slo_minimum_requests)s\n  and target:slo_availability_failed:ratio_rate%(long)s * target:slo_requests:increase%(long)s >= %(slo_minimum_bad)s\n",
        "for": "%(for)s",
        "labels": {
          "severity": "%(severity)s",
          "window": "%(long)s"
        },
        "annotations": {
          "summary": "{{ $labels.target }} spends its error budget too fast (burn rate over %(burn)s in %(long)s)",
          "description": "{{ $value | humanizePercentage }} of the responses in %(long)s were 5xx, but the objective allows only %(availability_allowed_percent)s %%; the failures continue in the last %(short)s. Check the last change and the upstream first.",
          "runbook_url": "%(runbook_url)s/WebserverAvailabilityBudgetBurn.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-slo?var-job={{ $labels.job | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      }
    ]
  },
  {
    "name": "keepalive-slo_latency_failed",
    "interval": "1m",
    "rules": [
      {
        "each": "any",
        "record": "target:slo_latency_failed:ratio_rate%(window)s",
        "expr": "1 - sum by (%(service_labels)s) (rate(webserver_log_request_duration_seconds_bucket{le=~\"%(latency_le)s\"%(selector_more)s}[%(window)s]))\n  / (sum by (%(service_labels)s) (rate(webserver_log_request_duration_seconds_count%(selector_alone)s[%(window)s])) > 0)\n"
      },
      {
        "each": "window",
        "alert": "WebserverLatencyBudgetBurn",
        "expr": "target:slo_latency_failed:ratio_rate%(long)s > %(latency_limit)s\n  and target:slo_latency_failed:ratio_rate%(short)s > %(latency_limit)s\n  and target:slo_requests:increase%(long)s >= %(slo_minimum_requests)s\n  and target:slo_latency_failed:ratio_rate%(long)s * target:slo_requests:increase%(long)s >= %(slo_minimum_bad)s\n",
        "for": "%(for)s",
        "labels": {
          "severity": "%(severity)s",
          "window": "%(long)s"
        },
        "annotations": {
          "summary": "{{ $labels.target }} spends its latency budget too fast (burn rate over %(burn)s in %(long)s)",
          "description": "{{ $value | humanizePercentage }} of the responses in %(long)s were slower than %(latency_seconds)s s, but the objective allows only %(latency_allowed_percent)s %%; the slow responses continue in the last %(short)s. Compare the durations with those of the upstream, and check whether the server is full.",
          "runbook_url": "%(runbook_url)s/WebserverLatencyBudgetBurn.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-slo?var-job={{ $labels.job | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      }
    ]
  },
  {
    "name": "keepalive-traffic",
    "interval": "30s",
    "rules": [
      {
        "alert": "WebserverRequestTimeoutSpike",
        "expr": "target:webserver_log_request_timeouts:ratio_rate%(traffic_window)s > %(timeout_share)s\n  and sum without (stage) (increase(webserver_log_request_timeouts_total{stage=\"request\"%(selector_more)s}[%(traffic_window)s])) > %(timeout_events)s\n  unless (\n    target:webserver_log_request_timeouts:ratio_rate%(traffic_window)s\n      <= on (%(service_labels)s) group_left () %(timeout_factor)s * (target:webserver_log_request_timeouts:sum_ratio_rate1d offset 1h)\n    unless target:webserver_log_request_timeouts:ratio_rate%(traffic_window)s\n      > on (%(service_labels)s) group_left () %(timeout_factor)s * (target:webserver_log_request_timeouts:sum_ratio_rate1h offset 1w)\n  )\n",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "Requests to {{ $labels.target }} time out (408)",
          "description": "{{ $value | humanizePercentage }} of the responses of {{ $labels.target }} are 408 to a real request, more than %(timeout_factor)s times the share of the last day, or of this hour a week ago. Check whether a timeout was made shorter; if not, look for slow clients that hold slots.",
          "runbook_url": "%(runbook_url)s/WebserverRequestTimeoutSpike.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverClientAbortSpike",
        "expr": "target:webserver_log_client_aborts:ratio_rate%(traffic_window)s > %(abort_share)s\n  and increase(webserver_log_client_aborts_total%(selector_alone)s[%(traffic_window)s]) > %(abort_events)s\n  unless (\n    target:webserver_log_client_aborts:ratio_rate%(traffic_window)s\n      <= on (%(service_labels)s) group_left () %(abort_factor)s * (target:webserver_log_client_aborts:sum_ratio_rate1d offset 1h)\n    unless target:webserver_log_client_aborts:ratio_rate%(traffic_window)s\n      > on (%(service_labels)s) group_left () %(abort_factor)s * (target:webserver_log_client_aborts:sum_ratio_rate1h offset 1w)\n  )\n",
        "for": "5m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "Clients of {{ $labels.target }} give up (499)",
          "description": "{{ $value | humanizePercentage }} of the clients of {{ $labels.target }} left before their response, more than %(abort_factor)s times the share of the last day, or of this hour a week ago. Check first for a slow upstream and for a full server.",
          "runbook_url": "%(runbook_url)s/WebserverClientAbortSpike.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverLatencyP95High",
        "expr": "target:webserver_log_request_duration_seconds:p95_%(traffic_window)s > %(latency_p95_seconds)s\n  and increase(webserver_log_request_duration_seconds_count%(selector_alone)s[%(traffic_window)s]) >= %(latency_requests)s\n",
        "for": "10m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "{{ $labels.target }} is slow for 1 request in 20",
          "description": "The 95th percentile of the request duration of {{ $labels.target }} is {{ $value | humanizeDuration }}; the limit is %(latency_p95_seconds)s s. Compare it with the response time of the upstream to see whether the application is slow.",
          "runbook_url": "%(runbook_url)s/WebserverLatencyP95High.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverLatencyP99High",
        "expr": "target:webserver_log_request_duration_seconds:p99_%(traffic_window)s > %(latency_p99_seconds)s\n  and increase(webserver_log_request_duration_seconds_count%(selector_alone)s[%(traffic_window)s]) >= %(latency_requests)s\n",
        "for": "10m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "{{ $labels.target }} is slow for 1 request in 100",
          "description": "The 99th percentile of the request duration of {{ $labels.target }} is {{ $value | humanizeDuration }}; the limit is %(latency_p99_seconds)s s. If the 95th percentile is normal, one kind of request is slow: sort the access log by duration.",
          "runbook_url": "%(runbook_url)s/WebserverLatencyP99High.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverRequestsPerConnectionCollapsed",
        "expr": "target:webserver_log_requests_per_connection:rate%(reuse_window)s\n    < on (%(service_labels)s) group_left () avg_over_time(target:webserver_log_requests_per_connection:sum_rate%(reuse_window)s[1d] offset 1h) / %(reuse_factor)s\n  and target:webserver_log_responses:rate%(traffic_window)s > %(reuse_minimum_rate)s\n",
        "for": "30m",
        "labels": {
          "severity": "info"
        },
        "annotations": {
          "summary": "Clients of {{ $labels.target }} no longer reuse connections",
          "description": "A connection to {{ $labels.target }} carries {{ $value | humanize }} requests; the average of the last day is more than %(reuse_factor)s times that. Look for a changed keep-alive setting, and for a proxy that closes each connection.",
          "runbook_url": "%(runbook_url)s/WebserverRequestsPerConnectionCollapsed.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-instance={{ $labels.instance | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      },
      {
        "alert": "WebserverTrafficCollapsed",
        "expr": "target:webserver_visitor_requests:sum_rate%(traffic_collapsed_window)s\n    < %(traffic_collapsed_share)s * (target:webserver_visitor_requests:sum_rate%(traffic_collapsed_window)s offset 1w)\n  and target:webserver_visitor_requests:sum_rate%(traffic_collapsed_window)s offset 1w > %(traffic_minimum_rate)s\n  unless target:webserver_visitor_requests:sum_rate%(traffic_collapsed_window)s\n    >= %(traffic_collapsed_share)s * (target:webserver_visitor_requests:sum_rate%(traffic_collapsed_window)s offset 2w)\n",
        "for": "15m",
        "labels": {
          "severity": "warning"
        },
        "annotations": {
          "summary": "{{ $labels.target }} has far fewer visitors than a week ago",
          "description": "{{ $labels.target }} serves {{ $value | humanize }} requests per second, less than %(traffic_collapsed_share_percent)s %% of this hour a week ago: visitors may not reach it. Test its name and address from outside, then the load balancer.",
          "runbook_url": "%(runbook_url)s/WebserverTrafficCollapsed.md",
          "dashboard_url": "%(grafana_url)s/d/keepalive-service?var-job={{ $labels.job | urlquery }}&var-target={{ $labels.target | urlquery }}&from={{ query \"1000 * (time() - 3600)\" | first | value | printf \"%%.0f\" }}&to=now"
        }
      }
    ]
  }
]
