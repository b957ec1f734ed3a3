import { describe, expect, test } from 'vitest';
import { handshakesOf } from '../../src/derive/handshakes.ts';
import { derivePlan, type PlanQuestion } from '../../src/derive/plan.ts';

const one = { connectionsPerVisitor: 1 };

describe('derivePlan()', () => {
  test('256 slots and 7 s per visitor serve 36 visitors per second', () => {
    const plan = derivePlan({ ...one, slots: 256, holdSeconds: 7 });
    expect(Math.floor(plan.ceilingVisitorsPerSecond ?? 0)).toBe(36);
    expect(plan.fewWaitVisitorsPerSecond).toBeCloseTo(31.37, 2);
    expect(plan.findings).toEqual([]);
  });

  test('150 visitors per second for 7 s need 1050 slots', () => {
    const plan = derivePlan({ ...one, visitorsPerSecond: 150, holdSeconds: 7 });
    expect(plan.neededSlots).toBe(1050);
    expect(plan.fewWaitSlots).toBe(1129);
  });

  test('an average of 50 per second is planned as a peak of 100 to 150', () => {
    const plan = derivePlan({ ...one, averageVisitorsPerSecond: 50, holdSeconds: 7 });
    expect(plan.peakVisitorsPerSecond).toEqual([100, 150]);
    expect(plan.neededSlots).toBe(1050);
  });

  test('slots and rate say how long a connection may hold its slot', () => {
    const plan = derivePlan({ ...one, slots: 256, visitorsPerSecond: 40 });
    expect(plan.longestHoldSeconds).toBe(6.4);
    expect(plan.fewWaitHoldSeconds).toBeCloseTo(5.49, 2);
  });

  test('a browser with 6 connections takes 6 slots', () => {
    const plan = derivePlan({ connectionsPerVisitor: 6, slots: 256, holdSeconds: 7 });
    expect(plan.ceilingVisitorsPerSecond).toBeCloseTo(256 / 42, 10);
  });

  test('a browser with 6 connections is 6 times the load', () => {
    const known = { connectionsPerVisitor: 6, visitorsPerSecond: 10, holdSeconds: 7 };
    const plan = derivePlan({ ...known, slots: 500 });
    expect(plan.neededSlots).toBe(420);
    expect(plan.usedRatio).toBe(0.84);
  });

  test('says how a server with all three figures does', () => {
    const plan = derivePlan({ ...one, slots: 256, holdSeconds: 7, visitorsPerSecond: 34 });
    expect(plan.usedRatio).toBeCloseTo(238 / 256, 10);
    expect(plan.waitProbability).toBeGreaterThan(0.01);
    expect(plan.meanWaitSeconds).toBeCloseTo(((plan.waitProbability ?? 0) * 7) / 18, 10);
    expect(plan.findings.map(({ kind }) => kind)).toEqual(['waiting']);
  });

  test('finds visitors who come faster than slots become free', () => {
    const plan = derivePlan({ ...one, slots: 256, holdSeconds: 7, visitorsPerSecond: 37 });
    expect(plan.findings.map(({ kind }) => kind)).toEqual(['overload']);
    expect(plan.meanWaitSeconds).toBeUndefined();
  });

  test('slots are computed from memory, and memory from slots', () => {
    const mib = 1024 ** 2;
    const fits = derivePlan({ ...one, memoryBytes: 8192 * mib, slotBytes: 32 * mib });
    expect(fits.slots).toBe(256);
    const needs = derivePlan({ ...one, slots: 256, slotBytes: 32 * mib, memoryBytes: 4096 * mib });
    expect(needs.neededMemoryBytes).toBe(8192 * mib);
    expect(needs.findings.map(({ kind }) => kind)).toEqual(['memory']);
  });

  test('memory pinned is idle slots times the memory of a worker', () => {
    const known = { ...one, slots: 256, holdSeconds: 7, timeoutSeconds: 5, slotBytes: 1000 };
    const calm = derivePlan({ ...known, visitorsPerSecond: 20 });
    expect(calm.idleSlots).toBe(100);
    expect(calm.idleMemoryBytes).toBe(100_000);
    const full = derivePlan({ ...known, visitorsPerSecond: 100 });
    expect(full.idleSlots).toBeCloseTo((256 * 5) / 7, 10);
  });

  test.each([
    { slots: 256 },
    { holdSeconds: 7 },
    { visitorsPerSecond: 40 },
    { memoryBytes: 1000 },
    { slotBytes: 10 },
    { timeoutSeconds: 5 },
  ])('derives nothing from %j alone', (question) => {
    const { slots, holdSeconds, visitorsPerSecond }: PlanQuestion = { ...one, ...question };
    const known = Object.entries({ slots, holdSeconds, visitorsPerSecond });
    expect(derivePlan({ ...one, ...question })).toEqual({
      ...one,
      ...Object.fromEntries(known.filter(([, value]) => value !== undefined)),
      findings: [],
    });
  });

  test('slots and rate determine no number of needed slots and no waiting', () => {
    const plan = derivePlan({ connectionsPerVisitor: 6, slots: 240, visitorsPerSecond: 10 });
    expect(plan).toEqual({
      connectionsPerVisitor: 6,
      slots: 240,
      visitorsPerSecond: 10,
      longestHoldSeconds: 4,
      fewWaitHoldSeconds: expect.closeTo(3.45, 1),
      findings: [],
    });
  });

  test('rounds slots in the safe direction: those that fit down, those that are needed up', () => {
    expect(derivePlan({ ...one, memoryBytes: 119, slotBytes: 30 }).slots).toBe(3);
    expect(derivePlan({ ...one, visitorsPerSecond: 3, holdSeconds: 3.5 }).neededSlots).toBe(11);
  });

  test('a load of exactly all slots is an overload', () => {
    const plan = derivePlan({ ...one, slots: 10, holdSeconds: 5, visitorsPerSecond: 2 });
    expect(plan).toMatchObject({ usedRatio: 1, waitProbability: 1 });
    expect(plan).not.toHaveProperty('meanWaitSeconds');
    expect(plan.findings).toEqual([
      {
        kind: 'overload',
        message: 'visitors arrive faster than slots become free: the queue grows without limit',
      },
    ]);
  });

  test('an overload shows by how much', () => {
    const plan = derivePlan({ ...one, slots: 10, holdSeconds: 5, visitorsPerSecond: 3 });
    expect(plan.usedRatio).toBe(1.5);
  });

  test('says what waiting and a lack of memory mean', () => {
    const known = { ...one, slots: 256, holdSeconds: 7, visitorsPerSecond: 34, slotBytes: 10 };
    expect(derivePlan({ ...known, memoryBytes: 2559 }).findings).toEqual([
      { kind: 'waiting', message: '1 visitor in 100 or more waits for a slot' },
      { kind: 'memory', message: 'the slots need more memory than is available' },
    ]);
    expect(derivePlan({ ...known, memoryBytes: 2560 }).findings).toHaveLength(1);
  });

  test('memory of needed slots is that of the slots with which few visitors wait', () => {
    const plan = derivePlan({ ...one, visitorsPerSecond: 150, holdSeconds: 7, slotBytes: 10 });
    expect(plan.neededMemoryBytes).toBe(11_290);
    expect(plan).not.toHaveProperty('idleMemoryBytes');
  });

  test('idle slots need the rate only, but are never more than there are slots', () => {
    const idle = { connectionsPerVisitor: 2, timeoutSeconds: 5, visitorsPerSecond: 20 };
    expect(derivePlan(idle)).toMatchObject({ idleSlots: 200 });
    expect(derivePlan(idle)).not.toHaveProperty('idleMemoryBytes');
    expect(derivePlan({ ...idle, slots: 150 }).idleSlots).toBe(150);
    expect(derivePlan({ ...idle, slots: 300 }).idleSlots).toBe(200);
  });
});

test('handshakesOf(): 9000 packets a minute without keep-alive, 540 with a connection a second each', () => {
  const figures = handshakesOf({ requestsPerSecond: 50, clients: 3, connectionSeconds: 1 });
  expect(figures.packetsPerMinuteWithoutKeepalive).toBe(9000);
  expect(figures.packetsPerMinuteWithKeepalive).toBe(540);
});

test('handshakesOf() never opens more connections than there are requests', () => {
  const figures = handshakesOf({ requestsPerSecond: 1, clients: 3, connectionSeconds: 1 });
  expect(figures.packetsPerMinuteWithKeepalive).toBe(figures.packetsPerMinuteWithoutKeepalive);
});
