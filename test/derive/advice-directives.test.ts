import { expect, test } from 'vitest';
import { renderDirectives } from '../../src/derive/advice-directives.ts';
import type { AdvisedServer } from '../../src/snapshot/advice.ts';
import { predictionOf } from '../support/predictions.ts';

const advisedOf = (timeoutSeconds: number) =>
  predictionOf({ timeoutSeconds, reuseRatio: 0.5, busiestSlots: 50 });

const timeoutOn = (server: AdvisedServer, timeoutSeconds: number) =>
  renderDirectives(
    { kind: 'timeout', advised: advisedOf(timeoutSeconds) },
    { server, todaySeconds: 5 },
  );

test.each([
  ['nginx', 2, ['keepalive_timeout 2s;']],
  ['nginx', 0.5, ['keepalive_timeout 500ms;']],
  ['nginx', 0, ['keepalive_timeout 0s;']],
  ['event', 2, ['KeepAlive On', 'KeepAliveTimeout 2']],
  ['prefork', 1.5, ['KeepAlive On', 'KeepAliveTimeout 1500ms']],
  ['apache', 0, ['KeepAlive Off']],
] as const)('renderDirectives() for %s and a timeout of %s s', (server, seconds, lines) => {
  expect(timeoutOn(server, seconds)).toEqual(lines);
});

const slotsOn = (server: AdvisedServer, slots: number, threadsPerChild?: number) =>
  renderDirectives(
    { kind: 'more_slots', advised: advisedOf(5), slots },
    { server, todaySeconds: 5, ...(threadsPerChild === undefined ? {} : { threadsPerChild }) },
  );

test.each([
  ['nginx', 2000, ['# worker_processes x worker_connections: at least 2000']],
  ['prefork', 256, ['MaxRequestWorkers 256']],
  ['apache', 257, ['ServerLimit 257', 'MaxRequestWorkers 257']],
  ['worker', 400, ['MaxRequestWorkers 400']],
  ['event', 401, ['ServerLimit 17', 'MaxRequestWorkers 425']],
] as const)(
  'renderDirectives() for %s and %s slots, with the timeout of today',
  (server, slots, lines) => {
    expect(slotsOn(server, slots)).toEqual(lines);
  },
);

test('renderDirectives() fills whole processes with the threads that they have', () => {
  expect(slotsOn('event', 401, 64)).toEqual(['MaxRequestWorkers 448']);
});

test('renderDirectives() writes the timeout before the slots', () => {
  const choice = { kind: 'more_slots', advised: advisedOf(2), slots: 200 } as const;
  expect(renderDirectives(choice, { server: 'prefork', todaySeconds: 5 })).toEqual([
    'KeepAlive On',
    'KeepAliveTimeout 2',
    'MaxRequestWorkers 200',
  ]);
});

test('renderDirectives() has no line where nothing changes', () => {
  const options = { server: 'prefork', todaySeconds: 5 } as const;
  expect(renderDirectives({ kind: 'none', advised: advisedOf(2) }, options)).toEqual([]);
  expect(renderDirectives({ kind: 'keep', advised: advisedOf(2) }, options)).toEqual([]);
  expect(renderDirectives({ kind: 'redesign', slots: 200 }, options)).toEqual([]);
});
