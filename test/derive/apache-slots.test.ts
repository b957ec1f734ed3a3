import { describe, expect, test } from 'vitest';
import { deriveApacheSlots } from '../../src/derive/apache-slots.ts';
import { parseApacheStatus } from '../../src/parse/apache-status.ts';
import type { Capacity, SlotFigures, SlotKind } from '../../src/snapshot/slots.ts';
import { fixture } from '../support/fixture.ts';

function figuresOf(page: string, capacity: Capacity = {}): SlotFigures {
  const parsed = parseApacheStatus(page);
  if (!parsed.ok) throw new Error(parsed.error.found);
  return deriveApacheSlots(parsed.value.snapshot, capacity);
}

const blocking = (scoreboard: string) => `IdleWorkers: 0\nScoreboard: ${scoreboard}\n`;

interface EventPage {
  readonly scoreboard: string;
  readonly idle: number;
  readonly conns: readonly [total: number, writing: number, keepalive: number, closing: number];
  readonly processes?: number;
  readonly stopping?: number;
  readonly version?: string;
}

function event(page: EventPage): string {
  const { scoreboard, idle, conns, processes = 1, stopping = 0, version = '2.4.62' } = page;
  return [
    `ServerVersion: Apache/${version} (Unix)`,
    'ServerMPM: event',
    'BusyWorkers: 0',
    `IdleWorkers: ${idle}`,
    `Processes: ${processes}`,
    `Stopping: ${stopping}`,
    `ConnsTotal: ${conns[0]}`,
    `ConnsAsyncWriting: ${conns[1]}`,
    `ConnsAsyncKeepAlive: ${conns[2]}`,
    `ConnsAsyncClosing: ${conns[3]}`,
    `Scoreboard: ${scoreboard}`,
  ].join('\n');
}

function group(figures: SlotFigures, kind: SlotKind) {
  const found = figures.groups.find((candidate) => candidate.kind === kind);
  if (found === undefined) throw new Error(`no slots of kind ${kind}`);
  return { ...found, counts: Object.fromEntries(found.counts) };
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

describe('deriveApacheSlots() under a blocking MPM', () => {
  test('a keep-alive client takes a worker', () => {
    const figures = figuresOf(blocking('KKW_R...'));
    expect(figures).toMatchObject({
      keepaliveModel: 'blocking',
      keepaliveOccupancy: 2 / 8,
      workerSaturation: 4 / 8,
    });
    expect(figures.connectionOccupancy).toBeUndefined();
    expect(group(figures, 'worker').limit).toEqual({ value: 8, source: 'scoreboard' });
  });

  test('a full scoreboard is saturation 1', () => {
    expect(figuresOf(blocking('KKKKWKKK')).workerSaturation).toBe(1);
  });

  test('the scoreboard of 2.2 shows ThreadLimit, so a configured MaxClients is the limit', () => {
    const figures = figuresOf(fixture('apache-2.2.txt'), { slots: 10 });
    const workers = group(figures, 'worker');
    expect(workers.limit).toEqual({ value: 10, source: 'override' });
    expect(workers.counts).toMatchObject({ open: 2, keepalive: 1, idle: 5 });
    expect(sum(workers.counts)).toBe(10);
  });

  test('living slots beyond a configured limit (graceful restart) raise the limit, never the ratio above 1', () => {
    const figures = figuresOf(blocking('GGGGWWWW'), { slots: 4 });
    expect(group(figures, 'worker').limit).toEqual({ value: 8, source: 'override' });
    expect(figures.workerSaturation).toBe(1);
  });

  test('no slots at all leave the ratios absent', () => {
    expect(figuresOf(blocking('')).workerSaturation).toBeUndefined();
  });
});

describe('deriveApacheSlots() under event', () => {
  test('a keep-alive client takes a connection, not a worker', () => {
    const figures = figuresOf(
      event({ scoreboard: '_________W......', idle: 9, conns: [20, 0, 19, 0] }),
    );
    expect(figures).toMatchObject({
      keepaliveModel: 'async',
      workerSaturation: 1 / 16,
      keepaliveOccupancy: 19 / 28,
      connectionOccupancy: 20 / 28,
    });
    const connections = group(figures, 'connection');
    expect(connections.counts).toEqual({
      working: 1,
      keepalive: 19,
      writing_async: 0,
      wait_io: 0,
      closing: 0,
      free: 8,
    });
    expect(connections.limit).toEqual({ value: 28, source: 'computed' });
  });

  const ceilings: readonly [title: string, page: EventPage, capacity: Capacity, limit: number][] = [
    ['all idle: threads + 2 x idle', { scoreboard: '____', idle: 4, conns: [0, 0, 0, 0] }, {}, 12],
    ['all busy: threads alone', { scoreboard: 'WWWW', idle: 0, conns: [4, 0, 0, 0] }, {}, 4],
    [
      'a factor of 3',
      { scoreboard: '____', idle: 4, conns: [0, 0, 0, 0] },
      { asyncRequestWorkerFactor: 3 },
      16,
    ],
    [
      'a factor of 1.5 is cut to 1 since 2.4.30',
      { scoreboard: '____', idle: 4, conns: [0, 0, 0, 0] },
      { asyncRequestWorkerFactor: 1.5 },
      8,
    ],
    [
      'a factor of 1.5 counts up to 2.4.29',
      { scoreboard: '____', idle: 4, conns: [0, 0, 0, 0], version: '2.4.29' },
      { asyncRequestWorkerFactor: 1.5 },
      10,
    ],
    [
      'ThreadsPerChild of accepting processes only',
      { scoreboard: '____GGGG', idle: 4, conns: [0, 0, 0, 0], processes: 2, stopping: 1 },
      { threadsPerChild: 4 },
      12,
    ],
    [
      'lingering connections stand on top',
      { scoreboard: '____', idle: 4, conns: [5, 0, 0, 3] },
      {},
      15,
    ],
    [
      'open connections above a fallen ceiling',
      { scoreboard: 'WWWW', idle: 0, conns: [10, 0, 6, 0] },
      {},
      10,
    ],
  ];
  test.each(ceilings)('the connection limit, %s', (_, page, capacity, limit) => {
    const connections = group(figuresOf(event(page), capacity), 'connection');
    expect(connections.limit?.value).toBe(limit);
    expect(sum(connections.counts)).toBe(limit);
  });

  test('while a process stops and ThreadsPerChild is unknown, so is the connection limit', () => {
    const figures = figuresOf(
      event({ scoreboard: '____GG..', idle: 4, conns: [6, 0, 3, 0], processes: 2, stopping: 1 }),
    );
    expect(group(figures, 'connection').limit).toBeUndefined();
    expect(figures.keepaliveOccupancy).toBeUndefined();
    expect(figures.workerSaturation).toBe(2 / 8);
  });

  test('ConnsAsyncWaitIO of 2.4.63 is a state of its own', () => {
    const connections = group(figuresOf(fixture('apache-2.4.62-event.txt')), 'connection');
    expect(connections.counts).toMatchObject({ wait_io: 1, keepalive: 4, closing: 1, working: 3 });
  });

  test('without ServerMPM (before 2.4.13) Conns* lines tell the event MPM', () => {
    const page = event({ scoreboard: '____', idle: 4, conns: [1, 0, 1, 0] }).replace(
      /Server.*\n/g,
      '',
    );
    expect(figuresOf(page).keepaliveModel).toBe('async');
  });
});
