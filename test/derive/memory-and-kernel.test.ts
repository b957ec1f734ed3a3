import { expect, test } from 'vitest';
import { deriveKeepaliveMemory } from '../../src/derive/keepalive-memory.ts';
import { deriveKernelKeepalive } from '../../src/derive/kernel-keepalive.ts';
import type { ListenFigures } from '../../src/snapshot/host.ts';
import type { KeepaliveModel, SlotFigures, SlotState } from '../../src/snapshot/slots.ts';

function figures(
  keepaliveModel: KeepaliveModel,
  counts: readonly (readonly [SlotState, number])[],
  limit = 10,
): SlotFigures {
  return {
    keepaliveModel,
    groups: [
      { kind: 'connection', counts: new Map([['keepalive', 99]]) },
      { kind: 'worker', limit: { value: limit, source: 'scoreboard' }, counts: new Map(counts) },
    ],
  };
}

const processes = { count: 9, pid: 7, residentBytes: 900, workerBytes: 800, stopped: false };

test('deriveKeepaliveMemory() is the share of the living workers that are in state keepalive', () => {
  const ofTen = [
    ['keepalive', 2],
    ['idle', 6],
  ] as const;
  expect(deriveKeepaliveMemory(figures('blocking', [...ofTen, ['open', 2]]), processes)).toBe(200);
  expect(deriveKeepaliveMemory(figures('blocking', ofTen), processes)).toBe(160);
});

test.each([
  ['a server whose idle clients hold no worker', figures('async', [['keepalive', 2]])],
  ['a page without the state keepalive', figures('blocking', [['idle', 2]])],
  [
    'a server without a living worker',
    figures('blocking', [
      ['keepalive', 0],
      ['open', 10],
    ]),
  ],
  ['a server without figures', undefined],
])('deriveKeepaliveMemory() is unknown for %s', (_, known) => {
  expect(deriveKeepaliveMemory(known, processes)).toBeUndefined();
});

test('deriveKeepaliveMemory() is unknown without the processes, and known with one living worker', () => {
  const one = figures('blocking', [
    ['keepalive', 1],
    ['open', 9],
  ]);
  expect(deriveKeepaliveMemory(one, undefined)).toBeUndefined();
  expect(deriveKeepaliveMemory(one, processes)).toBe(800);
});

const port = (established: number, queueLength: number): ListenFigures => ({
  port: 80,
  queueLength,
  connections: { established, listen: 1 },
});

test.each([
  ['without busy workers but that of the poll', [['writing', 1]], 10],
  ['without any busy worker', [['idle', 8]], 10],
  [
    'with workers in each busy state',
    [
      ['reading', 1],
      ['writing', 2],
      ['logging', 1],
      ['closing', 1],
      ['graceful', 1],
      ['dns', 1],
      ['idle', 1],
    ],
    4,
  ],
  ['with more busy workers than connections', [['writing', 20]], 0],
] as const)(
  'deriveKernelKeepalive() counts idle connections of all ports, %s',
  (_, counts, idle) => {
    expect(deriveKernelKeepalive(figures('async', counts), [port(9, 3), port(4, 0)])).toBe(idle);
  },
);

test('deriveKernelKeepalive() is unknown without ports, without workers, and for other servers', () => {
  const known = figures('async', [['idle', 8]]);
  expect(deriveKernelKeepalive(known, [])).toBeUndefined();
  expect(deriveKernelKeepalive({ ...known, groups: [] }, [port(1, 0)])).toBeUndefined();
  expect(deriveKernelKeepalive(figures('blocking', [['idle', 8]]), [port(1, 0)])).toBeUndefined();
  expect(deriveKernelKeepalive(undefined, [port(1, 0)])).toBeUndefined();
});
