import type { ScrapeResult } from '../snapshot/scrape.ts';
import type { KeepaliveModel, LimitSource, SlotKind, SlotsSource } from '../snapshot/slots.ts';
import type { ServerKind } from '../snapshot/status-page.ts';

/** Texts for the closed lists of the snapshot. */

export const serverNames: Readonly<Record<ServerKind, string>> = {
  apache: 'Apache httpd',
  nginx: 'nginx',
};

export const keepaliveModelWords: Readonly<Record<KeepaliveModel, string>> = {
  blocking: 'Each idle keep-alive client holds a worker until the keep-alive timeout.',
  async:
    'Idle keep-alive clients hold connections, not workers. Apache closes all of them when no worker is free.',
  reclaimable:
    'Idle keep-alive clients hold connections. nginx closes the oldest ones when less than 1/16 of the connections is free.',
};

export const slotKindWords: Readonly<
  Record<SlotKind, { one: string; many: string; title: string }>
> = {
  worker: { one: 'worker', many: 'workers', title: 'Workers' },
  connection: { one: 'connection', many: 'connections', title: 'Connections' },
};

export const limitSourceWords: Readonly<Record<LimitSource, string>> = {
  scoreboard: 'from the scoreboard',
  override: 'set in the exporter’s configuration',
  config_file: 'read from the server’s configuration file',
  computed: 'computed; changes with the number of idle workers',
};

export const scrapeResultWords: Readonly<Record<ScrapeResult, string>> = {
  ok: 'Up',
  dns: 'Name not resolved',
  refused: 'Connection refused',
  connect_timeout: 'Connection timed out',
  response_timeout: 'Connected, but no answer',
  reset: 'Connection reset',
  empty_reply: 'Empty reply',
  tls: 'TLS failed',
  http_status: 'Unexpected HTTP status',
  not_a_status_page: 'Not a status page',
  too_large: 'Answer too large',
  other: 'Failed',
};

/** Evidence of exhaustion. A value without text is shown with spaces instead of underscores. */
export const evidenceWords: ReadonlyMap<string, string> = new Map([
  ['no_idle_slot', 'no idle slot'],
  ['connected_but_unanswered', 'connections get no answer'],
  ['accept_queue', 'clients wait in the accept queue'],
  ['error_log', 'the error log reports it'],
  ['dropped_connections', 'the server dropped connections'],
]);

/** The source of the slots. The status page, as the normal source, is not mentioned. */
export const slotsSourceWords: Readonly<Record<SlotsSource, string | undefined>> = {
  status: undefined,
  lane: 'From the status page, over the connection that the exporter keeps open',
  kernel: 'From the kernel’s socket data',
};
