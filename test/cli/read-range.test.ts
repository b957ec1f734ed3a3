import { expect, test } from 'vitest';
import { readRange } from '../../src/cli/read-range.ts';

const now = new Date('2026-11-21T12:00:00Z');
const at = (text: string): number => Date.parse(text) / 1000;

test.each([
  ['2026-11-21T10:00Z/2026-11-21T11:00:30Z', '2026-11-21T10:00Z', '2026-11-21T11:00:30Z'],
  ['2026-11-21T10:00:00+01:00/2h', '2026-11-21T09:00Z', '2026-11-21T11:00Z'],
  ['now-3h/now-2h', '2026-11-21T09:00Z', '2026-11-21T10:00Z'],
  ['now-30m/now', '2026-11-21T11:30Z', '2026-11-21T12:00Z'],
  ['1795255200/30m', '2026-11-21T10:00Z', '2026-11-21T10:30Z'],
])('readRange(%j) is %s to %s', (text, start, end) => {
  expect(readRange(text, now)).toEqual({
    ok: true,
    value: { startSeconds: at(start), endSeconds: at(end) },
  });
});

test.each([
  '',
  'now',
  'now-1h',
  'now-1h/now/now',
  '2026-11-21T10:00/2h',
  'yesterday/now',
  'now/now',
  '2026-13-40T10:00Z/2h',
])('readRange(%j) is refused', (text) => {
  expect(readRange(text, now).ok).toBe(false);
});
