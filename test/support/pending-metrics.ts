/**
 * TO DELETE when src/metrics has these families: metrics the rules read already and the catalog does not know yet,
 * with their labels. Two tests read it: test/alerts/metric-names.test.ts and test/alerts/alert-rules.test.ts.
 */
export const pendingMetrics: ReadonlyMap<string, readonly string[]> = new Map([
  ['webserver_visitors_unanswered', ['target', 'server']],
  ['webserver_connections', ['target', 'server', 'listen', 'activity']],
  ['webserver_slots_source', ['target', 'server', 'source']],
  ['webserver_connection_clients', ['target', 'server']],
  ['webserver_connection_top_client_connections', ['target', 'server']],
  ['webserver_connection_oldest_idle_seconds', ['target', 'server']],
  ['webserver_log_source_up', ['target', 'server', 'source', 'reason']],
]);
