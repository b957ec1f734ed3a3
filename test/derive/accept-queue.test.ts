import { expect, test } from 'vitest';
import { type BacklogBounds, deriveAcceptQueue } from '../../src/derive/accept-queue.ts';
import type { AcceptQueue, PortSockets, TcpState } from '../../src/snapshot/kernel.ts';

function sockets(...queueLengths: readonly number[]): PortSockets {
  const listeners = queueLengths.map((queueLength, index) => ({
    queueLength,
    inode: index,
  }));
  return { listeners, connections: {} as Record<TcpState, number> };
}

interface Case {
  readonly queues: readonly number[];
  readonly bounds: BacklogBounds;
  readonly expected: AcceptQueue | undefined;
}

function check({ queues, bounds, expected }: Case): void {
  expect(deriveAcceptQueue(80, sockets(...queues), bounds)).toEqual(expected);
}

test('deriveAcceptQueue() limits a queue to the servers own backlog of 511', () => {
  check({
    queues: [4],
    bounds: { somaxconn: 4096 },
    expected: { port: 80, length: 4, limit: 511 },
  });
});

test('deriveAcceptQueue() limits a queue to somaxconn where that is lower', () => {
  check({ queues: [4], bounds: { somaxconn: 128 }, expected: { port: 80, length: 4, limit: 128 } });
});

test('deriveAcceptQueue() adds up the queues of all listening sockets of the port', () => {
  check({
    queues: [3, 5],
    bounds: { somaxconn: 128 },
    expected: { port: 80, length: 8, limit: 256 },
  });
});

test('deriveAcceptQueue() keeps the limit absent when nothing bounds it', () => {
  check({ queues: [3], bounds: {}, expected: { port: 80, length: 3 } });
});

test('deriveAcceptQueue() finds no queue on a port without a listening socket', () => {
  check({ queues: [], bounds: { somaxconn: 128 }, expected: undefined });
});

test('deriveAcceptQueue() reports a full queue of one socket, even when the sum is below the limit', () => {
  const socket = (queueLength: number, queueLimit: number, inode: number) => ({
    ...{ family: 'ipv4' as const, uid: 0 },
    ...{ queueLength, queueLimit, inode },
  });
  const read = (queueLength: number) =>
    deriveAcceptQueue(
      80,
      { ...sockets(), listeners: [socket(0, 511, 1), socket(queueLength, 30, 2)] },
      { somaxconn: 128 },
    );
  expect(read(30)).toEqual({ port: 80, length: 30, limit: 541, full: true });
  expect(read(29)).toEqual({ port: 80, length: 29, limit: 541 });
});
