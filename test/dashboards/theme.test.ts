import { expect, test } from 'vitest';
import {
  activityBands,
  codeColors,
  meaning,
  slotBands,
  targetStates,
  thresholds,
} from '../../dashboards/src/theme.ts';
import { slotStackOrder } from '../../src/page/slot-palette.ts';
import { colorDistance, visions } from '../support/color-vision.ts';

test('no two meanings and no two classes of codes share a colour', () => {
  const states = targetStates.map(({ color }) => color);
  for (const colors of [Object.values(meaning), Object.values(codeColors), states])
    expect(new Set(colors).size).toBe(colors.length);
});

const hueOf = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return (Math.atan2(Math.sqrt(3) * (g - b), 2 * r - g - b) * 180) / Math.PI;
};

test('bad is red and warning is orange: 40 degrees of hue apart', () => {
  expect(Math.abs(hueOf(meaning.bad) - hueOf(meaning.warning))).toBeGreaterThan(40);
});

test.each(Object.keys(visions))('good, warning, bad and neutral stay apart with %s', (vision) => {
  const { good, warning, bad, neutral } = meaning;
  const judged = [good, warning, bad, neutral];
  for (const [at, a] of judged.entries())
    for (const b of judged.slice(at + 1))
      expect(colorDistance(a, b, vision), `${a} and ${b}`).toBeGreaterThan(0.06);
});

test.each(Object.keys(visions))(
  'a target with room looks like none in trouble with %s',
  (vision) => {
    const [room, _noData, ...others] = targetStates;
    for (const { text, color } of others)
      expect(colorDistance(room.color, color, vision), text).toBeGreaterThan(0.06);
  },
);

test('slotBands shows every state of a slot exactly once', () => {
  const shown = slotBands.flatMap(({ states }) => states);
  expect([...shown].sort()).toEqual([...slotStackOrder].sort());
});

test('targetStates has full last, so that sorting puts it first, and only `has room` is green', () => {
  expect(targetStates.at(-1)?.text).toBe('FULL');
  expect(
    targetStates.filter(({ color }) => color === meaning.good).map(({ text }) => text),
  ).toEqual(['has room']);
});

const rgbOf = (hex: string): readonly number[] =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
const distance = (a: string, b: string): number =>
  Math.hypot(...rgbOf(a).map((value, at) => value - (rgbOf(b)[at] ?? 0)));

test('no two bands of a stack look similar: at least 50 steps of colour apart', () => {
  for (const bands of [slotBands, activityBands])
    for (const [at, a] of bands.entries())
      for (const b of bands.slice(at + 1))
        expect(distance(a.color, b.color), `${a.label} and ${b.label}`).toBeGreaterThan(50);
});

test.each([
  'errorShare',
  'abortShare',
  'latency',
  'budgetLeft',
  'burnRate',
  'keepaliveOccupancy',
  'waiting',
  'fullTime',
  'room',
] as const)('%s is never green: it can be low while a server is full', (name) => {
  expect(thresholds[name].map(({ color }) => color)).not.toContain(meaning.good);
});
