import { describe, expect, test } from 'vitest';
import { deriveApacheSlots } from '../../src/derive/apache-slots.ts';
import { summarizeConnections } from '../../src/derive/connection-activity.ts';
import { deriveNginxSlots } from '../../src/derive/nginx-slots.ts';
import { deriveVerdict, type VerdictInput } from '../../src/derive/verdict.ts';
import { parseApacheStatus } from '../../src/parse/apache-status.ts';
import type { ListenFigures } from '../../src/snapshot/host.ts';
import type { ScrapeFailureResult } from '../../src/snapshot/scrape.ts';
import type { SlotFigures } from '../../src/snapshot/slots.ts';
import type { ObservationOutcome } from '../../src/snapshot/target-view.ts';

function apache(scoreboard: string): SlotFigures {
  const parsed = parseApacheStatus(`IdleWorkers: 0\nScoreboard: ${scoreboard}\n`);
  if (!parsed.ok) throw new Error(parsed.error.found);
  return deriveApacheSlots(parsed.value.snapshot, {});
}

const nginx = (waiting: number, reading: number) =>
  deriveNginxSlots(
    { kind: 'nginx', active: waiting + reading, reading, writing: 0, waiting },
    { slots: 16 },
  );

const answer = (figures: SlotFigures): ObservationOutcome => ({
  kind: 'answered',
  snapshot: { kind: 'nginx' },
  figures,
});

const failed = (result: ScrapeFailureResult): ObservationOutcome => ({
  kind: 'failed',
  failure: { result, message: '', remedy: '' },
});

const port = (queueLength: number, established: number, queueLimit = 511): ListenFigures => ({
  port: 80,
  queueLength,
  queueLimit,
  connections: { established },
});

const waitingFor = (oldestQueuedSeconds: number) => ({
  ...summarizeConnections([]),
  oldestQueuedSeconds,
});

type Row = readonly [string, Omit<VerdictInput, 'server'>, boolean | undefined, readonly string[]];

const onApache: readonly Row[] = [
  ['an idle worker', { outcome: answer(apache('_KKKKKKW')) }, false, []],
  ['a worker that can still be started', { outcome: answer(apache('.KKKKKKW')) }, false, []],
  [
    'no idle worker but the one of the poll itself',
    { outcome: answer(apache('KKKKKKKW')) },
    false,
    [],
  ],
  [
    'no idle worker, read over the lane',
    { outcome: answer(apache('KKKKKKKW')), viaLane: true },
    true,
    ['no_idle_slot'],
  ],
  [
    'no idle worker, and the poll had to wait',
    { outcome: answer(apache('KKKKKKKW')), waitedSeconds: 1.2 },
    true,
    ['no_idle_slot'],
  ],
  [
    'no idle worker, visitors waiting',
    {
      outcome: answer(apache('KKKKKKKW')),
      host: { listen: [port(3, 11)], connections: waitingFor(1.5) },
    },
    true,
    ['no_idle_slot', 'accept_queue'],
  ],
  [
    'visitors waiting for an instant while a worker is idle',
    { outcome: answer(apache('_KKKKKKW')), host: { listen: [port(1, 8)] } },
    false,
    [],
  ],
  [
    'silence, seen from afar',
    { outcome: failed('response_timeout') },
    true,
    ['connected_but_unanswered'],
  ],
  [
    'silence, all workers taken, a queue',
    {
      outcome: failed('response_timeout'),
      before: apache('_KKKKKKW'),
      host: { listen: [port(4, 12)] },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'silence of a full server with a worker that is closing its connection',
    {
      outcome: failed('response_timeout'),
      before: apache('________'),
      host: { listen: [port(4, 11)] },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'silence, a queue, but few accepted: it hangs',
    {
      outcome: failed('response_timeout'),
      before: apache('________'),
      host: { listen: [port(4, 5)] },
    },
    false,
    [],
  ],
  [
    'silence, but nobody waits: it is slow',
    {
      outcome: failed('response_timeout'),
      before: apache('________'),
      host: { listen: [port(0, 3)] },
    },
    false,
    [],
  ],
  [
    'silence of stopped processes',
    { outcome: failed('response_timeout'), stopped: true, host: { listen: [port(9, 20)] } },
    false,
    [],
  ],
  [
    'silence, few accepted, but processes of before a graceful restart hold the scoreboard',
    {
      outcome: failed('response_timeout'),
      before: apache('GGGG____'),
      host: { listen: [port(4, 5)] },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'silence, few accepted, but the error log says that the scoreboard is full',
    {
      outcome: failed('response_timeout'),
      before: apache('________'),
      host: { listen: [port(4, 5)] },
      loggedSecondsAgo: 3,
    },
    true,
    ['connected_but_unanswered', 'accept_queue', 'error_log'],
  ],
  [
    'silence, few accepted on the ports that are known',
    {
      outcome: failed('response_timeout'),
      before: apache('________'),
      host: { listen: [port(4, 5)], listenComplete: false },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'silence, the living workers taken and more on their way',
    {
      outcome: failed('response_timeout'),
      before: apache('__......'),
      host: { listen: [port(4, 6)] },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'no connection, the queue at its limit, hardly a worker taken: it hangs',
    {
      outcome: failed('connect_timeout'),
      before: apache('________'),
      host: { listen: [port(512, 513)] },
    },
    false,
    [],
  ],
  ['refused', { outcome: failed('refused'), before: apache('KKKKKKKW') }, false, []],
  [
    'no connection, the queue at its limit',
    { outcome: failed('connect_timeout'), host: { listen: [port(512, 600)] } },
    true,
    ['accept_queue'],
  ],
  [
    'no connection, the queue of one of two addresses at its limit',
    {
      outcome: failed('connect_timeout'),
      host: { listen: [{ ...port(30, 40, 541), queueFull: true }] },
    },
    true,
    ['accept_queue'],
  ],
  ['no connection', { outcome: failed('connect_timeout') }, undefined, []],
  ['reset: it is ending', { outcome: failed('reset') }, undefined, []],
  ['a name that does not resolve', { outcome: failed('dns') }, undefined, []],
  ['another page', { outcome: failed('not_a_status_page') }, undefined, []],
];

const onNginx: readonly Row[] = [
  ['idle connections that can be given up', { outcome: answer(nginx(16, 0)) }, false, []],
  [
    'nothing free and nothing to give up, but it had a connection for the poll',
    { outcome: answer(nginx(0, 16)) },
    false,
    [],
  ],
  [
    'connections dropped since the look before',
    { outcome: answer(nginx(8, 1)), droppedSince: 5 },
    true,
    ['dropped_connections'],
  ],
  ['a restart between two looks', { outcome: answer(nginx(8, 1)), droppedSince: -5 }, false, []],
  [
    'a shortage in the error log, on a page that shows little room',
    { outcome: answer(nginx(1, 15)), loggedSecondsAgo: 3 },
    true,
    ['error_log'],
  ],
  [
    'a shortage in the error log some seconds ago, on a page that shows room',
    { outcome: answer(nginx(8, 1)), loggedSecondsAgo: 3 },
    false,
    [],
  ],
  [
    'one worker’s shortage in the error log just now, on a page that shows room for others',
    { outcome: answer(nginx(8, 1)), loggedSecondsAgo: 1 },
    true,
    ['error_log'],
  ],
  ['an empty reply', { outcome: failed('empty_reply') }, true, ['dropped_connections']],
  [
    'a reset, with the error log',
    { outcome: failed('reset'), loggedSecondsAgo: 3 },
    true,
    ['dropped_connections', 'error_log'],
  ],
  ['silence, never answered before', { outcome: failed('response_timeout') }, false, []],
  [
    'silence: it is slow or hangs',
    { outcome: failed('response_timeout'), before: nginx(1, 1) },
    false,
    [],
  ],
];

describe('deriveVerdict()', () => {
  test.each(onApache)('Apache, %s', (_, input, exhausted, evidence) => {
    expect(deriveVerdict({ server: 'apache', ...input })).toEqual({
      ...(exhausted === undefined ? {} : { exhausted }),
      evidence,
    });
  });

  test.each(onNginx)('nginx, %s', (_, input, exhausted, evidence) => {
    expect(deriveVerdict({ server: 'nginx', ...input })).toEqual({
      ...(exhausted === undefined ? {} : { exhausted }),
      evidence,
    });
  });
});
