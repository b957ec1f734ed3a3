import { describe, expect, test } from 'vitest';
import { deriveApacheSlots } from '../../src/derive/apache-slots.ts';
import { summarizeConnections } from '../../src/derive/connection-activity.ts';
import { deriveCurrentSlots, type SlotKnowledge } from '../../src/derive/current-slots.ts';
import { deriveNginxSlots } from '../../src/derive/nginx-slots.ts';
import { parseApacheStatus } from '../../src/parse/apache-status.ts';
import type { ActivityCounts } from '../../src/snapshot/connections.ts';
import type { ScrapeFailureResult } from '../../src/snapshot/scrape.ts';

function apache(text: string) {
  const parsed = parseApacheStatus(text);
  if (!parsed.ok) throw new Error(parsed.error.found);
  return deriveApacheSlots(parsed.value.snapshot, {});
}

const prefork = apache('IdleWorkers: 8\nScoreboard: ________\n');
const event = apache('IdleWorkers: 8\nServerMPM: event\nConnsTotal: 0\nScoreboard: ________\n');

const holding = (counts: Partial<ActivityCounts>) => {
  const none = summarizeConnections([]);
  return { connections: { ...none, counts: { ...none.counts, ...counts } } };
};

const silent = (result: ScrapeFailureResult = 'response_timeout') => ({
  outcome: { kind: 'failed', failure: { result, message: '', remedy: '' } } as const,
  capacity: {},
  viaLane: false,
  exhausted: true,
});

function sums(knowledge: SlotKnowledge): readonly (readonly [number | undefined, number])[] {
  const { groups = [] } = deriveCurrentSlots(knowledge)?.figures ?? {};
  return groups.map(({ limit, counts }) => [
    limit?.value,
    [...counts.values()].reduce((sum, count) => sum + count, 0),
  ]);
}

describe('deriveCurrentSlots() while the status page is silent', () => {
  test('prefork: each accepted connection is a worker, and the states sum to the limit', () => {
    const slots = deriveCurrentSlots({
      ...silent(),
      server: 'apache',
      before: prefork,
      ...holding({ idle: 5, active: 1, closing: 1, queued: 9 }),
    });
    expect(slots?.source).toBe('kernel');
    expect(slots?.figures.workerSaturation).toBe(1);
    expect(slots?.figures.keepaliveOccupancy).toBe(5 / 8);
    expect(Object.fromEntries(slots?.figures.groups[0]?.counts ?? [])).toEqual({
      keepalive: 5,
      active: 1,
      writing: 0,
      reading: 0,
      closing: 1,
      unknown: 1,
      idle: 0,
    });
  });

  test.each([
    { exhausted: true, free: 0 },
    { exhausted: false, free: undefined },
  ])('a full server has nothing free, and says so: exhausted $exhausted', ({ exhausted, free }) => {
    const read = (more: Pick<SlotKnowledge, 'server' | 'before'>) => {
      const slots = deriveCurrentSlots({
        ...silent(),
        exhausted,
        ...holding({ active: 8 }),
        ...more,
      });
      return slots?.figures.groups.map(({ counts }) => counts.get('idle') ?? counts.get('free'));
    };
    expect(read({ server: 'apache', before: prefork })).toEqual([free]);
    expect(read({ server: 'nginx' })).toEqual([free]);
    // A process of event may have an idle worker and still take no connection.
    expect(read({ server: 'apache', before: event })).toEqual([undefined, free]);
  });

  test('event: shows each connection by what it does', () => {
    const slots = deriveCurrentSlots({
      ...silent('connect_timeout'),
      exhausted: false,
      server: 'apache',
      before: event,
      ...holding({ active: 4, silent: 1, sending: 2, idle: 3, closing: 1 }),
    });
    const connections = slots?.figures.groups[1];
    expect(connections).toMatchObject({
      kind: 'connection',
      limit: { value: 11, source: 'computed' },
      fromKernel: true,
    });
    expect(Object.fromEntries(connections?.counts ?? [])).toEqual({
      working: 5,
      keepalive: 3,
      writing_async: 2,
      closing: 1,
      unknown: 0,
    });
    expect(slots?.figures.workerSaturation).toBe(5 / 8);
  });

  test('nginx: shows each connection by what it does, and where its limit comes from', () => {
    const slots = deriveCurrentSlots({
      ...silent('reset'),
      exhausted: false,
      server: 'nginx',
      capacity: { slots: 16 },
      ...holding({ active: 4, silent: 1, sending: 2, idle: 3, closing: 5 }),
    });
    const connections = slots?.figures.groups[0];
    expect(connections?.limit).toEqual({ value: 16, source: 'override' });
    expect(Object.fromEntries(connections?.counts ?? [])).toEqual({
      keepalive: 4,
      active: 4,
      writing: 2,
      closing: 5,
      unknown: 1,
    });
  });

  test('nginx: the limit of the last page counts before the configured one', () => {
    const before = deriveNginxSlots({ kind: 'nginx', active: 1, waiting: 1 }, { slots: 32 });
    const known = { server: 'nginx', capacity: { slots: 16 }, before } as const;
    expect(sums({ ...silent(), ...known, ...holding({ active: 4 }) })).toEqual([[32, 32]]);
  });

  test('event: idle connections hold no worker', () => {
    const slots = deriveCurrentSlots({
      ...silent(),
      server: 'apache',
      before: event,
      ...holding({ idle: 20, active: 8 }),
    });
    const [workers, connections] = slots?.figures.groups ?? [];
    expect(workers?.counts.get('active')).toBe(8);
    expect(workers?.counts.has('keepalive')).toBe(false);
    expect(connections?.counts.get('keepalive')).toBe(20);
    expect(connections?.limit?.value).toBe(28);
  });

  test('event: never more workers than the limit, and silent connections read', () => {
    const read = (counts: Partial<ActivityCounts>) => {
      const known = { server: 'apache', before: event, ...holding(counts) } as const;
      const { figures } = deriveCurrentSlots({ ...silent(), exhausted: false, ...known }) ?? {};
      const [workers, connections] = figures?.groups ?? [];
      return [
        workers?.counts.get('active'),
        workers?.counts.get('reading'),
        workers?.counts.get('unknown'),
        connections?.limit?.value,
        figures?.workerSaturation,
        figures?.connectionOccupancy,
      ];
    };
    expect(read({ active: 3, silent: 2, sending: 1 })).toEqual([3, 2, 3, 8, 5 / 8, 6 / 8]);
    expect(read({ active: 6, silent: 4 })).toEqual([6, 2, 0, 10, 1, 1]);
    expect(read({ active: 9, silent: 1 })).toEqual([8, 0, 0, 10, 1, 1]);
    expect(read({ active: 1, silent: 1, sending: 1, idle: 1, closing: 1 }).at(-1)).toBe(5 / 8);
  });

  test('nginx: idle and silent connections do not saturate it', () => {
    const known = { server: 'nginx', capacity: { slots: 16 } } as const;
    const counts = { idle: 2, silent: 3, active: 6, sending: 1 };
    const { figures } =
      deriveCurrentSlots({ ...silent(), exhausted: false, ...known, ...holding(counts) }) ?? {};
    expect(figures?.workerSaturation).toBe(7 / 16);
    expect(figures?.keepaliveOccupancy).toBe(5 / 16);
    expect(figures?.connectionOccupancy).toBe(12 / 16);
    expect(figures?.groups[0]?.fromKernel).toBe(true);
  });

  test('prefork has no connection occupancy: its slots are workers', () => {
    const known = { server: 'apache', before: prefork, ...holding({ active: 2 }) } as const;
    const figures = deriveCurrentSlots({ ...silent(), ...known })?.figures;
    expect(figures?.connectionOccupancy).toBeUndefined();
    expect(figures?.groups[0]).toMatchObject({ kind: 'worker', fromKernel: true });
  });

  test('without any limit there are counts and no ratio', () => {
    const known = { server: 'nginx', ...holding({ active: 2 }) } as const;
    const figures = deriveCurrentSlots({ ...silent(), exhausted: false, ...known })?.figures;
    expect(figures?.workerSaturation).toBeUndefined();
    expect(figures?.groups[0]?.limit).toBeUndefined();
    expect(figures?.groups[0]?.counts.get('active')).toBe(2);
  });

  test('nginx: what has sent nothing yet is waiting, what is not seen is unknown', () => {
    const knowledge: SlotKnowledge = {
      ...silent('empty_reply'),
      server: 'nginx',
      capacity: { slots: 16 },
      ...holding({ idle: 2, silent: 3, active: 6 }),
    };
    const { counts } = deriveCurrentSlots(knowledge)?.figures.groups[0] ?? {};
    expect(counts?.get('keepalive')).toBe(5);
    expect(counts?.get('unknown')).toBe(5);
    expect(sums(knowledge)).toEqual([[16, 16]]);
  });

  test('more connections than the previous limit raise the limit; no state is below 0', () => {
    expect(
      sums({
        ...silent(),
        server: 'apache',
        before: prefork,
        ...holding({ idle: 9, sending: 3 }),
      }),
    ).toEqual([[12, 12]]);
  });

  test('a hung server is as saturated as its connections show, at least', () => {
    const slots = deriveCurrentSlots({
      ...silent(),
      exhausted: false,
      server: 'apache',
      before: prefork,
      ...holding({ active: 2 }),
    });
    expect(slots?.figures.workerSaturation).toBe(0.25);
  });

  test.each([
    ['the kernel is not visible', { before: prefork }],
    ['no page was ever answered and so the MPM is not known', holding({ idle: 4 })],
  ])('absent when %s', (_, known) => {
    expect(deriveCurrentSlots({ ...silent(), server: 'apache', ...known })).toBeUndefined();
  });

  test('absent when the server refuses connections', () => {
    const refused = { ...silent('refused'), exhausted: false };
    const known = { before: prefork, ...holding({}) };
    expect(deriveCurrentSlots({ ...refused, server: 'apache', ...known })).toBeUndefined();
  });
});

describe('deriveCurrentSlots() while the page of event answers', () => {
  const answered = (text: string) => {
    const parsed = parseApacheStatus(text);
    if (!parsed.ok) throw new Error(parsed.error.found);
    const { snapshot } = parsed.value;
    return {
      server: 'apache',
      outcome: { kind: 'answered', snapshot, figures: deriveApacheSlots(snapshot, {}) },
      capacity: {},
      viaLane: false,
    } as const;
  };
  // Its figures of connections lag: nothing is open by the page, while six clients are.
  const lagging = answered(
    'IdleWorkers: 5\nServerMPM: event\nConnsTotal: 0\nConnsAsyncKeepAlive: 0\nScoreboard: WWR_____\n',
  );

  test('connections are those of the kernel, workers those of the page', () => {
    const slots = deriveCurrentSlots({
      ...lagging,
      ...holding({ idle: 6, active: 2, sending: 1, closing: 1, queued: 1 }),
    });
    const [workers, connections] = slots?.figures.groups ?? [];
    expect(slots?.source).toBe('status');
    expect(workers?.fromKernel).toBeUndefined();
    expect(workers?.counts.get('writing')).toBe(2);
    expect(connections?.fromKernel).toBe(true);
    // 8 threads and 2 for each of 5 idle workers; what is closing stands on top.
    expect(connections?.limit).toEqual({ value: 19, source: 'computed' });
    expect(Object.fromEntries(connections?.counts ?? [])).toEqual({
      working: 2,
      keepalive: 6,
      writing_async: 1,
      closing: 1,
      free: 9,
    });
    expect(slots?.figures.keepaliveOccupancy).toBeCloseTo(6 / 19, 10);
    expect(slots?.figures.connectionOccupancy).toBeCloseTo(10 / 19, 10);
  });

  test('a response that pauses looks idle to the kernel, but its worker is at work', () => {
    const slots = deriveCurrentSlots({ ...lagging, ...holding({ idle: 6 }) });
    const counts = slots?.figures.groups[1]?.counts;
    // Of the three busy workers one is the poll's own.
    expect(counts?.get('keepalive')).toBe(4);
    expect(counts?.get('working')).toBe(2);
  });

  test('an exhausted server has a saturation of 1, and the lane is named as the source', () => {
    const slots = deriveCurrentSlots({ ...lagging, exhausted: true, viaLane: true });
    expect(slots?.figures.workerSaturation).toBe(1);
    expect(slots?.source).toBe('lane');
    expect(deriveCurrentSlots(lagging)?.figures.workerSaturation).toBeLessThan(1);
  });

  test('connections that the page counts as closing are not counted twice in the limit', () => {
    const closing = answered(
      'IdleWorkers: 5\nServerMPM: event\nConnsTotal: 2\nConnsAsyncClosing: 2\nScoreboard: WWR_____\n',
    );
    const limitWith = (counts: Partial<ActivityCounts>) =>
      deriveCurrentSlots({ ...closing, ...holding(counts) })?.figures.groups[1]?.limit?.value;
    expect(limitWith({})).toBe(18);
    expect(limitWith({ closing: 3 })).toBe(21);
    expect(limitWith({ active: 20, closing: 3 })).toBe(23);
  });

  test('without the kernel, and under prefork, the page stands', () => {
    expect(deriveCurrentSlots(lagging)?.figures).toBe(lagging.outcome.figures);
    const blocking = answered('IdleWorkers: 8\nScoreboard: ________\n');
    expect(deriveCurrentSlots({ ...blocking, ...holding({ idle: 6 }) })?.figures).toBe(
      blocking.outcome.figures,
    );
  });
});
