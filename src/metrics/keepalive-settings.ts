import { targetLabels } from './target-samples.ts';

/**
 * /metrics reads these settings from files and /probe measures them. Both use one description, because Prometheus keeps
 * one for each name. The label source distinguishes them.
 */
const labels = [...targetLabels, 'source'] as const;

export const keepaliveTimeout = {
  name: 'webserver_keepalive_timeout_seconds',
  type: 'gauge',
  help: 'Time that the server keeps an idle connection open; 0 when keep-alive is off. Source config: the setting of the first virtual host. Source default: no setting is known, so the advice assumes the default of the server. Source probe: as measured; absent if it is longer than the scrape timeout.',
  labels,
} as const;

export const keepaliveRequestsLimit = {
  name: 'webserver_keepalive_requests_limit',
  type: 'gauge',
  help: 'Maximum number of requests on one connection, as the directive counts them (Apache answers one more); 0 when there is no limit. Source config: the setting of the first virtual host. Source probe: as measured; absent if the limit is above max_requests.',
  labels,
} as const;
