import { deriveNginxSlots } from '../../src/derive/nginx-slots.ts';
import {
  answer,
  cutShort,
  failed,
  testVerdicts,
  type VerdictRow,
} from '../support/verdict-rows.ts';

const nginx = (waiting: number, reading: number) =>
  deriveNginxSlots(
    { kind: 'nginx', active: waiting + reading, reading, writing: 0, waiting },
    { slots: 16 },
  );

const rows: readonly VerdictRow[] = [
  ['idle connections that nginx can close', { outcome: answer(nginx(16, 0)) }, false, []],
  [
    'nothing free and nothing to close, but it had a connection for the poll',
    { outcome: answer(nginx(0, 16)) },
    false,
    [],
  ],
  [
    'nothing free, and the poll had to wait: it is slow',
    { outcome: answer(nginx(0, 16)), waitedSeconds: 2 },
    false,
    [],
  ],
  [
    'a shortage in the error log, on a page without a limit',
    {
      outcome: answer({ keepaliveModel: 'reclaimable', groups: [] }),
      loggedSecondsAgo: 3,
    },
    true,
    ['error_log'],
  ],
  [
    'connections dropped since the previous poll',
    { outcome: answer(nginx(8, 1)), droppedSince: 5 },
    true,
    ['dropped_connections'],
  ],
  ['a restart between two polls', { outcome: answer(nginx(8, 1)), droppedSince: -5 }, false, []],
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
    'one dropped connection',
    { outcome: answer(nginx(8, 1)), droppedSince: 1 },
    true,
    ['dropped_connections'],
  ],
  [
    'a shortage in the error log, on a page with a saturation of exactly 0.9',
    { outcome: answer({ ...nginx(8, 1), workerSaturation: 0.9 }), loggedSecondsAgo: 3 },
    true,
    ['error_log'],
  ],
  [
    'a shortage in the error log 1.25 seconds ago, on a page that shows room',
    { outcome: answer(nginx(8, 1)), loggedSecondsAgo: 1.25 },
    true,
    ['error_log'],
  ],
  [
    'a shortage in the error log 1.3 seconds ago, on a page that shows room',
    { outcome: answer(nginx(8, 1)), loggedSecondsAgo: 1.3 },
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
    'an answer that began and was cut short: the poll had a connection',
    { outcome: cutShort('reset') },
    undefined,
    [],
  ],
  [
    'a reset, with the error log',
    { outcome: failed('reset'), loggedSecondsAgo: 3 },
    true,
    ['dropped_connections', 'error_log'],
  ],
  ['no answer, never answered before', { outcome: failed('response_timeout') }, false, []],
  [
    'no answer: it is slow or hangs',
    { outcome: failed('response_timeout'), before: nginx(1, 1) },
    false,
    [],
  ],
];

testVerdicts('nginx', rows);
