import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderSlotGroup } from '../../src/page/bar.ts';
import { renderHtml } from '../../src/page/html.ts';
import { slotPalette, slotStackOrder } from '../../src/page/slot-palette.ts';
import type { SlotGroup, SlotState } from '../../src/snapshot/slots.ts';

function group(counts: Partial<Record<SlotState, number>>, limit?: number): SlotGroup {
  return {
    kind: 'worker',
    counts: new Map(Object.entries(counts) as [SlotState, number][]),
    ...(limit === undefined ? {} : { limit: { value: limit, source: 'scoreboard' } }),
  };
}

function segmentsOf(slots: SlotGroup) {
  const text = renderHtml(renderSlotGroup(slots, 'apache'));
  const rect = /<rect class="state-(\w+)" x="([\d.]+)%" width="([\d.]+)%"/g;
  return [...text.matchAll(rect)].map(([, state, x, width]) => ({
    state,
    x: Number(x),
    width: Number(width),
  }));
}

describe('renderSlotGroup()', () => {
  test('draws each state in proportion to its share, work first and free slots last', () => {
    expect(segmentsOf(group({ idle: 6, keepalive: 14, writing: 4 }, 24))).toEqual([
      { state: 'writing', x: 0, width: 16.67 },
      { state: 'keepalive', x: 16.67, width: 58.33 },
      { state: 'idle', x: 75, width: 25 },
    ]);
  });

  test('fills the bar without gaps or overlaps for all counts', () => {
    const count = fc.integer({ min: 0, max: 100_000 });
    const counts = fc.record(Object.fromEntries(slotStackOrder.map((state) => [state, count])));
    fc.assert(
      fc.property(counts, (some) => {
        const segments = segmentsOf(group(some));
        let end = 0;
        for (const { x, width } of segments) {
          expect(Math.abs(x - end)).toBeLessThan(0.02);
          end = x + width;
        }
        const isEmpty = Object.values(some).every((value) => value === 0);
        expect(Math.abs(end - (isEmpty ? 0 : 100))).toBeLessThan(0.02);
      }),
    );
  });

  test('keeps one slot of a hundred thousand visible, and shows its true count', () => {
    const slots = group({ closing: 1, idle: 99_999 });
    expect(segmentsOf(slots)[0]).toMatchObject({ state: 'closing' });
    expect(segmentsOf(slots)[0]?.width).toBeGreaterThan(0.5);
    expect(renderHtml(renderSlotGroup(slots, 'apache'))).toContain(
      'closing <b>1</b> <small>&#60;0.1%</small>',
    );
  });

  test('draws nothing, and no NaN, without slots', () => {
    const text = renderHtml(renderSlotGroup(group({}), 'apache'));
    expect(text).not.toContain('<rect');
    expect(text).not.toContain('NaN');
    expect(text).toContain('aria-label="Workers: none"');
  });

  test('describes the bar as text for screen readers', () => {
    const text = renderHtml(renderSlotGroup(group({ keepalive: 3, idle: 5 }, 8), 'apache'));
    expect(text).toContain(
      `aria-label="Workers: 3 ${slotPalette.keepalive.label}, 5 ${slotPalette.idle.label} of 8"`,
    );
  });

  test.each([
    ['nginx', 'connection', 'capacity.config_file'],
    ['apache', 'connection', 'capacity.threads_per_child'],
    ['apache', 'worker', 'capacity.slots'],
  ] as const)('shows which key to set if the limit of %s %ss is unknown', (server, kind, key) => {
    const text = renderHtml(renderSlotGroup({ ...group({ keepalive: 1 }), kind }, server));
    expect(text).toContain('limit unknown');
    expect(text).toContain(`<code>${key}</code>`);
  });

  test('warns that connection counts of Apache lag, and only those', () => {
    const lag = 'lag by up to KeepAliveTimeout';
    const connections: SlotGroup = { ...group({ free: 8 }, 8), kind: 'connection' };
    expect(renderHtml(renderSlotGroup(connections, 'apache'))).toContain(lag);
    expect(renderHtml(renderSlotGroup(connections, 'nginx'))).not.toContain(lag);
    expect(renderHtml(renderSlotGroup(group({ idle: 8 }, 8), 'apache'))).not.toContain(lag);
  });
});

test('renderSlotGroup() warns about late counts only if they come from Apache event itself', () => {
  const own: SlotGroup = { kind: 'connection', counts: new Map([['keepalive', 3]]) };
  const text = (slots: SlotGroup) => renderHtml(renderSlotGroup(slots, 'apache'));
  expect(text(own)).toContain('they lag by up to KeepAliveTimeout');
  expect(text({ ...own, fromKernel: true })).toContain('From the kernel');
  expect(text({ ...own, fromKernel: true })).not.toContain('they lag');
});
