import { deriveApacheSlots } from '../../src/derive/apache-slots.ts';
import { summarizeConnections } from '../../src/derive/connection-activity.ts';
import { parseApacheStatus } from '../../src/parse/apache-status.ts';
import type { ListenFigures } from '../../src/snapshot/host.ts';
import type { SlotFigures, SlotGroup } from '../../src/snapshot/slots.ts';
import {
  activities,
  answer,
  cutShort,
  failed,
  testVerdicts,
  type VerdictRow,
} from '../support/verdict-rows.ts';

function apache(scoreboard: string): SlotFigures {
  const parsed = parseApacheStatus(`IdleWorkers: 0\nScoreboard: ${scoreboard}\n`);
  if (!parsed.ok) throw new Error(parsed.error.found);
  return deriveApacheSlots(parsed.value.snapshot, {});
}

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

/** Beside the workers of an event MPM. */
const connectionGroup: SlotGroup = { kind: 'connection', counts: new Map([['keepalive', 3]]) };

const rows: readonly VerdictRow[] = [
  ['an idle worker', { outcome: answer(apache('_KKKKKKW')) }, false, []],
  ['a worker that can still be started', { outcome: answer(apache('.KKKKKKW')) }, false, []],
  [
    'no idle worker, and the poll itself occupies one',
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
    'no idle worker, and the poll waited for exactly a second',
    { outcome: answer(apache('KKKKKKKW')), waitedSeconds: 1 },
    true,
    ['no_idle_slot'],
  ],
  [
    'no idle worker, and the poll waited for less than a second',
    { outcome: answer(apache('KKKKKKKW')), waitedSeconds: 0.9 },
    false,
    [],
  ],
  [
    'an idle worker, and the poll had to wait',
    { outcome: answer(apache('_KKKKKKW')), waitedSeconds: 2 },
    false,
    [],
  ],
  [
    'a worker that can still be started, and the poll had to wait',
    { outcome: answer(apache('.KKKKKKW')), waitedSeconds: 2 },
    false,
    [],
  ],
  [
    'a worker that is starting, and the poll had to wait',
    { outcome: answer(apache('SKKKKKKW')), waitedSeconds: 2 },
    false,
    [],
  ],
  [
    'no idle worker over the lane, and one visitor in the queue',
    { outcome: answer(apache('KKKKKKKW')), viaLane: true, host: { listen: [port(1, 9)] } },
    true,
    ['no_idle_slot', 'accept_queue'],
  ],
  [
    'no idle worker over the lane, and a line of the error log',
    { outcome: answer(apache('KKKKKKKW')), viaLane: true, loggedSecondsAgo: 3 },
    true,
    ['no_idle_slot', 'error_log'],
  ],
  [
    'an idle worker, and a line of the error log',
    { outcome: answer(apache('_KKKKKKW')), loggedSecondsAgo: 0.5 },
    false,
    [],
  ],
  [
    'no answer, nine of ten workers occupied, a queue',
    {
      outcome: failed('response_timeout'),
      before: apache('__________'),
      host: { listen: [port(4, 13)] },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'no answer, eight of ten workers occupied, a queue: it hangs',
    {
      outcome: failed('response_timeout'),
      before: apache('__________'),
      host: { listen: [port(4, 12)] },
    },
    false,
    [],
  ],
  [
    'no answer, a queue of one, workers occupied by clients that have left',
    {
      outcome: failed('response_timeout'),
      before: apache('________'),
      host: { listen: [{ ...port(1, 4), connections: { established: 4, close_wait: 4 } }] },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'no answer, workers occupied by connections of all activities',
    {
      outcome: failed('response_timeout'),
      before: apache('________'),
      host: { listen: [{ ...port(4, 0), activities }] },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'no answer, two workers without a connection: it hangs',
    {
      outcome: failed('response_timeout'),
      before: apache('________'),
      host: { listen: [{ ...port(4, 90), activities: { ...activities, idle: 0 } }] },
    },
    false,
    [],
  ],
  [
    'no answer, and a graceful restart left one old process',
    {
      outcome: failed('response_timeout'),
      before: apache('G_______'),
      host: { listen: [port(4, 5)] },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'no answer of an event MPM after a graceful restart that left one old process',
    {
      outcome: failed('response_timeout'),
      before: { ...apache('G_______'), groups: [...apache('G_______').groups, connectionGroup] },
      host: { listen: [port(4, 5)] },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'no answer, and a line of the error log, nothing known of the machine',
    { outcome: failed('response_timeout'), loggedSecondsAgo: 3 },
    true,
    ['connected_but_unanswered', 'error_log'],
  ],
  [
    'no connection, the queue exactly at its limit',
    { outcome: failed('connect_timeout'), host: { listen: [port(511, 600)] } },
    true,
    ['accept_queue'],
  ],
  [
    'no connection, the queue one below its limit',
    { outcome: failed('connect_timeout'), host: { listen: [port(510, 600)] } },
    undefined,
    [],
  ],
  [
    'no answer, and nothing known of the machine',
    { outcome: failed('response_timeout') },
    true,
    ['connected_but_unanswered'],
  ],
  [
    'no answer, all workers occupied, a queue',
    {
      outcome: failed('response_timeout'),
      before: apache('_KKKKKKW'),
      host: { listen: [port(4, 12)] },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'no answer of a full server with a worker that is closing its connection',
    {
      outcome: failed('response_timeout'),
      before: apache('________'),
      host: { listen: [port(4, 11)] },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'no answer, a queue, but few accepted: it hangs',
    {
      outcome: failed('response_timeout'),
      before: apache('________'),
      host: { listen: [port(4, 5)] },
    },
    false,
    [],
  ],
  [
    'no answer, but nobody waits: it is slow',
    {
      outcome: failed('response_timeout'),
      before: apache('________'),
      host: { listen: [port(0, 3)] },
    },
    false,
    [],
  ],
  [
    'no answer, all workers occupied, but nobody waits: it is slow',
    {
      outcome: failed('response_timeout'),
      before: apache('________'),
      host: { listen: [port(0, 8)] },
    },
    false,
    [],
  ],
  [
    'no answer, a queue of one, never answered before',
    { outcome: failed('response_timeout'), host: { listen: [port(1, 1)] } },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'no answer of stopped processes',
    { outcome: failed('response_timeout'), stopped: true, host: { listen: [port(9, 20)] } },
    false,
    [],
  ],
  [
    'no answer, few accepted, but old processes of a graceful restart hold the scoreboard',
    {
      outcome: failed('response_timeout'),
      before: apache('GGGG____'),
      host: { listen: [port(4, 5)] },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'no answer, few accepted, but the error log reports a full scoreboard',
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
    'no answer, few accepted on the ports that are known',
    {
      outcome: failed('response_timeout'),
      before: apache('________'),
      host: { listen: [port(4, 5)], listenComplete: false },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'no answer, the living workers occupied while more start',
    {
      outcome: failed('response_timeout'),
      before: apache('__......'),
      host: { listen: [port(4, 6)] },
    },
    true,
    ['connected_but_unanswered', 'accept_queue'],
  ],
  [
    'no connection, the queue at its limit, few workers occupied: it hangs',
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
  [
    'an answer that began and came to no end: a worker took the poll',
    { outcome: cutShort('response_timeout') },
    undefined,
    [],
  ],
  ['a name that does not resolve', { outcome: failed('dns') }, undefined, []],
  ['another page', { outcome: failed('not_a_status_page') }, undefined, []],
];

testVerdicts('apache', rows);
