import type { ScrapeResult } from '../snapshot/scrape.ts';
import type { KeepaliveModel, LimitSource, SlotKind, SlotsSource } from '../snapshot/slots.ts';
import type { ServerKind } from '../snapshot/status-page.ts';

/** The closed lists of the snapshot in words for people. */

export const serverNames: Readonly<Record<ServerKind, string>> = {
  apache: 'Apache httpd',
  nginx: 'nginx',
};

export const keepaliveModelWords: Readonly<Record<KeepaliveModel, string>> = {
  blocking: 'Every idle keep-alive client holds a worker until its timeout.',
  async:
    'Idle keep-alive clients cost connections, not workers; all of them are dropped when workers run out.',
  reclaimable:
    'Idle keep-alive clients cost connections; the oldest are closed when less than 1/16 is free.',
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
  computed: 'computed; moves with the number of idle workers',
};

export const scrapeResultWords: Readonly<Record<ScrapeResult, string>> = {
  ok: 'Up',
  dns: 'Name not resolved',
  refused: 'Connection refused',
  connect_timeout: 'No connection in time',
  response_timeout: 'Connected, no answer in time',
  reset: 'Connection reset',
  empty_reply: 'Empty reply',
  tls: 'TLS failed',
  http_status: 'Unexpected HTTP status',
  not_a_status_page: 'Not a status page',
  too_large: 'Answer too large',
  other: 'Failed',
};

/** Evidence of exhaustion; a value without words is shown as it is, with spaces. */
export const evidenceWords: ReadonlyMap<string, string> = new Map([
  ['no_idle_slot', 'no idle slot'],
  ['connected_but_unanswered', 'connected but unanswered'],
  ['accept_queue', 'clients wait in the accept queue'],
  ['error_log', 'the error log says so'],
  ['dropped_connections', 'connections were dropped'],
]);

/** Where the slots shown come from; the status page needs no mention. */
export const slotsSourceWords: Readonly<Record<SlotsSource, string | undefined>> = {
  status: undefined,
  lane: 'From the status page, read over the connection that the exporter keeps open',
  kernel: 'From the kernel’s socket data',
};
