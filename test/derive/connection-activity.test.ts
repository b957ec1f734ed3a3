import { describe, expect, test } from 'vitest';
import {
  classifyConnection,
  countActivities,
  summarizeConnections,
} from '../../src/derive/connection-activity.ts';
import { countOf } from '../../src/derive/histogram.ts';
import type { ConnectionSocket } from '../../src/snapshot/kernel.ts';

/** Without the times of the last bytes. */
const untimed: ConnectionSocket = {
  state: 'established',
  localAddress: '10.0.0.1',
  remoteAddress: '10.0.0.9',
  held: true,
  unreadBytes: 0,
  unsentBytes: 0,
  receivedBytes: 80,
  sentBytes: 300,
};

const socket = (differing: Partial<ConnectionSocket>): ConnectionSocket => ({
  ...untimed,
  sinceSentSeconds: 4,
  sinceReceivedSeconds: 4.1,
  ...differing,
});

describe('classifyConnection()', () => {
  test.each([
    ['answered and silent since', {}, 'idle'],
    ['answered within one tick of the kernel’s clock', { sinceReceivedSeconds: 4 }, 'idle'],
    ['asked again since the answer', { sinceReceivedSeconds: 1 }, 'active'],
    ['asked, not answered', { sentBytes: 0 }, 'active'],
    ['a request that the server has not read', { unreadBytes: 90 }, 'active'],
    ['no byte from the client', { sentBytes: 0, receivedBytes: 0 }, 'silent'],
    ['bytes that the client has not taken', { unsentBytes: 70_000 }, 'sending'],
    ['not accepted', { held: false, unreadBytes: 90, sentBytes: 0 }, 'queued'],
    ['given up before it was accepted', { held: false, state: 'close_wait' }, 'queued'],
    ['ended by the server, not by the client', { state: 'fin_wait2' }, 'closing'],
    ['ended by both', { state: 'fin_wait2', held: false }, undefined],
    ['a request of one byte that the server has not read', { unreadBytes: 1 }, 'active'],
    ['one byte that the client has not taken', { unsentBytes: 1 }, 'sending'],
    ['one byte from the client', { sentBytes: 0, receivedBytes: 1 }, 'active'],
    ['not accepted, in the middle of the handshake', { held: false, state: 'syn_recv' }, undefined],
    ['ended by the server, the client has not confirmed it', { state: 'fin_wait1' }, 'closing'],
    [
      'a client that ended its side and left a request of one byte',
      { state: 'close_wait', unreadBytes: 2 },
      'active',
    ],
    [
      'a client that ended its side without a request',
      { state: 'close_wait', sentBytes: 0, receivedBytes: 1 },
      'silent',
    ],
    [
      'a client that ended its side after a request of one byte',
      { state: 'close_wait', sentBytes: 0, receivedBytes: 2 },
      'active',
    ],
    [
      'a client that ended its side after the answer',
      { state: 'close_wait', unreadBytes: 1, sinceReceivedSeconds: 5 },
      'idle',
    ],
  ] as const)('%s: %s', (_, differing, activity) => {
    expect(classifyConnection(socket(differing))).toBe(activity);
  });

  test('without the times of the last bytes: idle', () => {
    expect(classifyConnection(untimed)).toBe('idle');
  });
});

describe('summarizeConnections()', () => {
  const sockets = [
    socket({ sinceSentSeconds: 12, sinceReceivedSeconds: 12, minRoundTripSeconds: 0.05 }),
    socket({ remoteAddress: '10.0.0.8', minRoundTripSeconds: 0.01 }),
    socket({ sentBytes: 0, sinceReceivedSeconds: 2 }),
    socket({ held: false, sentBytes: 0, sinceSentSeconds: 3, sinceReceivedSeconds: 3 }),
    socket({ held: false, state: 'close_wait', sinceSentSeconds: 30, sinceReceivedSeconds: 30 }),
  ];

  test('counts, clients, the oldest idle one and the visitor who waits longest', () => {
    const summary = summarizeConnections(sockets);
    expect(summary.counts).toEqual({
      queued: 2,
      silent: 0,
      active: 1,
      sending: 0,
      idle: 2,
      closing: 0,
    });
    expect(summary.clients).toBe(2);
    expect(summary.topClientConnections).toBe(2);
    expect(summary.oldestIdleSeconds).toBe(12);
    expect(summary.oldestQueuedSeconds).toBe(3);
    expect(summary.minRoundTripSeconds).toEqual({ '50': 0.01, '90': 0.05, '99': 0.05 });
    expect(summary.idleSeconds.sum).toBe(16);
    expect(countOf(summary.idleSeconds)).toBe(2);
    expect(summary.held.map(({ ageSeconds }) => ageSeconds)).toEqual([30, 12, 4, 3, 2]);
  });

  test('the age of a connection is the time since the last byte in either direction', () => {
    const ages = [
      socket({ sinceSentSeconds: 3, sinceReceivedSeconds: 9 }),
      socket({ sinceSentSeconds: 9, sinceReceivedSeconds: 2 }),
      { ...untimed, sinceSentSeconds: 5 },
      { ...untimed, sinceReceivedSeconds: 4 },
      untimed,
    ];
    const { held } = summarizeConnections(ages);
    expect(held.map(({ ageSeconds }) => ageSeconds)).toEqual([5, 4, 3, 2, 0]);
  });

  test('a socket that no process holds is left out', () => {
    const gone = socket({ state: 'fin_wait2', held: false });
    expect(summarizeConnections([gone])).toEqual(summarizeConnections([]));
    expect(countActivities([gone, socket({}), socket({})])).toEqual({
      queued: 0,
      silent: 0,
      active: 0,
      sending: 0,
      idle: 2,
      closing: 0,
    });
  });

  test('round trips are by rank: of a hundred the 50th, the 90th and the 99th', () => {
    const hundred = Array.from({ length: 100 }, (_, index) =>
      socket({ minRoundTripSeconds: (100 - index) / 100 }),
    );
    expect(summarizeConnections(hundred).minRoundTripSeconds).toEqual({
      '50': 0.5,
      '90': 0.9,
      '99': 0.99,
    });
  });

  test('without connections there are counts of 0, and no ages', () => {
    const summary = summarizeConnections([]);
    expect(Object.keys(summary).sort()).toEqual([
      'clients',
      'counts',
      'held',
      'idleSeconds',
      'topClientConnections',
    ]);
  });
});
