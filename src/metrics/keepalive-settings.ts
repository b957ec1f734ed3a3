import { targetLabels } from './target-samples.ts';

/**
 * What /metrics reads from files and /probe measures: one description for both, since Prometheus keeps one for each
 * name. The label tells them apart.
 */
const labels = [...targetLabels, 'source'] as const;

export const keepaliveTimeout = {
  name: 'webserver_keepalive_timeout_seconds',
  type: 'gauge',
  help: 'How long an idle connection of a visitor is kept; 0 when keep-alive is off. Source config: of the first virtual host. Source default: nobody told, and the advice takes it for that of the server as delivered. Source probe: as measured, absent when it is longer than the scrape timeout allows to wait.',
  labels,
} as const;

export const keepaliveRequestsLimit = {
  name: 'webserver_keepalive_requests_limit',
  type: 'gauge',
  help: 'Requests after which a connection is closed, as the directive counts them (Apache answers one more); 0 when there is no limit. Source config: of the first virtual host. Source probe: as measured, absent when it took all of max_requests.',
  labels,
} as const;
