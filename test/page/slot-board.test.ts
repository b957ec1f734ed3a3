import { Script } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildBoards, renderBoardsEvent } from '../../src/page/boards.ts';
import { pageContentSecurityPolicy } from '../../src/page/csp.ts';
import { renderHtml } from '../../src/page/html.ts';
import { liveScript } from '../../src/page/live-script.ts';
import type { PageModel } from '../../src/page/model.ts';
import { boardLetters, renderBoard } from '../../src/page/render-board.ts';
import { renderPage } from '../../src/page/render-page.ts';
import { buildSlotBoard } from '../../src/page/slot-board.ts';
import { slotStackOrder } from '../../src/page/slot-palette.ts';
import type { SlotGroup, SlotState } from '../../src/snapshot/slots.ts';
import {
  answeredWith,
  exhaustedTarget,
  fullPrefork,
  fullPreforkConnections,
  targetOf,
  viewOf,
} from '../support/page-view.ts';

function group(counts: Partial<Record<SlotState, number>>, limit = 150): SlotGroup {
  const entries = Object.entries(counts) as [SlotState, number][];
  return { kind: 'worker', counts: new Map(entries), limit: { value: limit, source: 'override' } };
}

const model: PageModel = {
  exporter: { version: '1', startTimeSeconds: 0 },
  nowSeconds: 1000,
  refreshSeconds: 5,
  links: [],
  targets: [exhaustedTarget],
};

describe('buildSlotBoard()', () => {
  test('has a square for each slot, work first and free slots last, and a summary in one sentence', () => {
    const board = buildSlotBoard({ group: group({ idle: 7, keepalive: 120, writing: 23 }) });
    expect(board.slotsPerSquare).toBe(1);
    expect(board.runs.map(({ state, squares }) => [state, squares])).toEqual([
      ['writing', 23],
      ['keepalive', 120],
      ['idle', 7],
    ]);
    expect(board.summary).toBe('143 of 150 workers in use: 23 writing, 120 keep-alive; 7 idle');
  });

  test('sets the age of idle and active squares from their connections, the oldest first', () => {
    const { held } = fullPreforkConnections;
    const { runs } = buildSlotBoard({ group: group({ active: 1, keepalive: 5 }, 6), held });
    expect(runs.map(({ state, ages }) => [state, ages])).toEqual([
      ['active', [[7, 1]]],
      [
        'keepalive',
        [
          [40, 1],
          [3, 2],
          [2, 1],
          [1, 1],
        ],
      ],
    ]);
  });

  test('has at most 1,000 squares, shows every state, and loses no slot', () => {
    const count = fc.integer({ min: 0, max: 100_000 });
    const counts = fc.record(Object.fromEntries(slotStackOrder.map((state) => [state, count])));
    fc.assert(
      fc.property(counts, (some) => {
        const { runs, slotsPerSquare } = buildSlotBoard({ group: group(some) });
        const taken = Object.values(some).filter((value) => value > 0);
        expect(runs).toHaveLength(taken.length);
        expect(runs.reduce((sum, { squares }) => sum + squares, 0)).toBeLessThanOrEqual(1000);
        for (const { slots, squares } of runs) {
          expect(squares * slotsPerSquare).toBeGreaterThanOrEqual(slots);
        }
      }),
    );
  });

  test('has no more ages than squares, even if the kernel was read at another time', () => {
    const held = Array.from({ length: 9 }, () => ({ activity: 'idle' as const, ageSeconds: 4 }));
    const { runs } = buildSlotBoard({ group: group({ keepalive: 2 }), held });
    expect(runs[0]?.ages).toEqual([[4, 2]]);
  });
});

test('renderBoard() works without a script: colour, letter, age and a summary', () => {
  const { held } = fullPreforkConnections;
  const board = buildSlotBoard({ group: group({ active: 1, keepalive: 5 }, 6), held });
  const text = renderHtml(renderBoard(board, 'b'));
  expect(text).toContain('<i class="state-keepalive" title="keep-alive, 40 s">K</i>');
  expect(text).toContain('aria-label="6 of 6 workers in use: 1 reading or serving a request, 5');
  expect(text).toContain('Each square is one worker.');
});

test('buildSlotBoard() shows the greatest age of each state, or that ages are unknown', () => {
  const { held } = fullPreforkConnections;
  const counts = { active: 1, keepalive: 5 };
  expect(buildSlotBoard({ group: group(counts, 6), held }).note).toBe(
    'Each square is one worker. Oldest: reading or serving a request 7 s, keep-alive 42 s.',
  );
  expect(buildSlotBoard({ group: group(counts, 6) }).note).toContain('Ages are unknown');
  expect(buildSlotBoard({ group: group({ idle: 6 }, 6) }).note).toBe('Each square is one worker.');
});

test.each([
  ['of the time of the slots', 985, true],
  ['of an hour before', 990 - 3600, false],
] as const)('ages and clients come from a reading of the kernel %s', (_, readAt, shown) => {
  const view = viewOf(answeredWith(5), {
    figures: fullPrefork,
    host: { connections: fullPreforkConnections, kernelReadAtSeconds: readAt },
  });
  const [board] = buildBoards(view);
  expect(board?.note.includes('Ages are unknown')).toBe(!shown);
  const text = renderPage({ ...model, targets: [targetOf('t', { view })] });
  expect(text.includes('Most held by one client')).toBe(shown);
});

test('renderBoard() shows how many slots a square represents', () => {
  const board = buildSlotBoard({ group: group({ keepalive: 5000 }) });
  expect(renderHtml(renderBoard(board, 'b'))).toContain('Each square is up to 6 workers');
});

test.each([
  ['Apache workers', slotStackOrder.filter((s) => !/working|_async|wait_io|free|active/.test(s))],
  ['event', ['working', 'keepalive', 'writing_async', 'wait_io', 'closing', 'free']],
  ['kernel', ['active', 'writing', 'reading', 'keepalive', 'closing', 'idle', 'free']],
] as const)('the letters of one board differ: %s', (_, states) => {
  const letters = states.map((state) => boardLetters[state]);
  const blank = letters.filter((letter) => letter === '').length;
  expect(blank).toBeLessThanOrEqual(1);
  expect(new Set(letters).size).toBe(letters.length);
});

test('renderBoardsEvent() sends the boards of each target by its name', () => {
  const event: unknown = JSON.parse(renderBoardsEvent(model));
  expect(event).toMatchObject([{ name: 'full', boards: [{ kind: 'worker' }], oldestIdle: '42 s' }]);
});

test('buildSlotBoard() stays small: a thousand idle clients of a minute cost 1 kB', () => {
  const held = Array.from({ length: 1000 }, (_, i) => ({
    activity: 'idle' as const,
    ageSeconds: i % 60,
  }));
  const board = buildSlotBoard({ group: group({ keepalive: 1000 }, 1000), held });
  expect(JSON.stringify(board).length).toBeLessThan(1024);
});

test('the page reloads itself only without a script, and its policy allows the script', () => {
  const text = renderPage(model);
  expect(text).toContain('<noscript><meta http-equiv="refresh" content="5"></noscript>');
  expect(text).toContain('data-refresh="5"');
  expect(text).toContain(liveScript);
  expect(text).not.toMatch(/ on\w+="/);
  expect(pageContentSecurityPolicy()).toContain("script-src 'sha256-");
  expect(() => new Script(liveScript)).not.toThrow();
});

test('a paused page has no script and no refresh', () => {
  const { refreshSeconds: _, ...paused } = model;
  const text = renderPage(paused);
  expect(text).not.toContain('<script>');
  expect(text).not.toContain('http-equiv="refresh"');
  expect(text).toContain('class="board"');
});
