import { expect, test } from 'vitest';
import { deriveApacheSlots } from '../../src/derive/apache-slots.ts';
import { buildView, type ViewParts } from '../../src/derive/build-view.ts';
import { summarizeConnections } from '../../src/derive/connection-activity.ts';
import { initialTargetState } from '../../src/derive/target-state.ts';
import { parseApacheStatus } from '../../src/parse/apache-status.ts';
import type { HostFigures } from '../../src/snapshot/host.ts';
import type { Observation } from '../../src/snapshot/target-view.ts';

const parsed = parseApacheStatus(
  'IdleWorkers: 0\nServerMPM: event\nConnsTotal: 0\nScoreboard: WWWWWWWW\n',
);
if (!parsed.ok) throw new Error(parsed.error.found);
const { snapshot } = parsed.value;

const answered: Observation = {
  target: { name: 'shop', server: 'apache' },
  atSeconds: 1000,
  timings: { durationSeconds: 0.1 },
  outcome: { kind: 'answered', snapshot, figures: deriveApacheSlots(snapshot, {}) },
};

const failed: Observation = {
  ...answered,
  outcome: {
    kind: 'failed',
    failure: { result: 'response_timeout', message: 'no answer', remedy: 'wait' },
  },
};

/** Six idle connections, seen by the kernel at that time. */
function hostAt(kernelReadAtSeconds: number): HostFigures {
  const none = summarizeConnections([]);
  return { connections: { ...none, counts: { ...none.counts, idle: 6 } }, kernelReadAtSeconds };
}

const view = (more: Partial<ViewParts>) =>
  buildView({
    observation: answered,
    counters: initialTargetState.counters,
    memory: { dropped: [] },
    capacity: {},
    nowMilliseconds: 5000,
    ...more,
  });

test.each([
  ['as recent as the poll', 1000, true],
  ['a second older', 999, true],
  ['older', 998.9, undefined],
])('buildView() takes connections of a kernel reading that is %s: %s', (_, readAt, taken) => {
  const { figures } = view({ host: hostAt(readAt) });
  expect(figures?.groups[1]?.fromKernel).toBe(taken);
});

test('buildView() ignores the kernel without the time of its reading, as long as the page answers', () => {
  const { connections } = hostAt(0);
  if (connections === undefined) throw new Error('no connections');
  expect(view({ host: { connections } }).figures?.groups[1]?.fromKernel).toBeUndefined();
});

test('buildView() takes an older kernel reading when the page does not answer', () => {
  const { slotsSource, figures } = view({
    observation: failed,
    memory: { dropped: [], lastAnswered: answered },
    host: hostAt(500),
  });
  expect(slotsSource).toBe('kernel');
  expect(figures?.groups[1]?.counts.get('keepalive')).toBe(6);
});

test('buildView() has no slots of a server that never answered', () => {
  expect(view({ observation: failed, host: hostAt(1000) }).figures).toBeUndefined();
});

test.each([
  ['a second after it connected', { durationSeconds: 1.5, connectSeconds: 0.5 }, true],
  ['sooner, because it took long to connect', { durationSeconds: 1.5, connectSeconds: 0.6 }, false],
  ['a second after the start, when the connection was kept', { durationSeconds: 1 }, true],
])(
  'buildView() counts the poll as a visitor that waits when it is answered %s',
  (_, timings, full) => {
    expect(view({ observation: { ...answered, timings } }).verdict.exhausted).toBe(full);
  },
);

test('buildView() reads a page without an idle worker as proof when it came over the lane', () => {
  expect(view({ laneUp: true })).toMatchObject({
    verdict: { exhausted: true },
    slotsSource: 'lane',
  });
  expect(view({ laneUp: false })).toMatchObject({
    verdict: { exhausted: false },
    slotsSource: 'status',
  });
});

test('buildView() uses dropped connections only while the page answers', () => {
  const memory = { dropped: [5, 5, 2], lastAnswered: answered };
  expect(view({ memory }).verdict.evidence).toEqual(['dropped_connections']);
  expect(view({ memory, observation: failed }).verdict.evidence).toEqual([
    'connected_but_unanswered',
  ]);
});
