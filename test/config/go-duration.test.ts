import { describe, expect, it } from 'vitest';
import { parseGoDuration } from '../../src/config/go-duration.ts';

const cases: readonly (readonly [text: string, milliseconds: number | undefined])[] = [
  ['0', 0],
  ['1s', 1000],
  ['1m30s', 90_000],
  ['1.5s', 1500],
  ['300ms', 300],
  ['20us', 0.02],
  ['-1s', -1000],
  ['1d', undefined],
  ['', undefined],
  ['5', undefined],
  ['s', undefined],
  ['1s ', undefined],
  ['1s2', undefined],
];

describe('parseGoDuration()', () => {
  it.each(cases)('reads %j as Go does', (text, milliseconds) => {
    const nanoseconds = parseGoDuration(text);
    expect(nanoseconds === undefined ? undefined : nanoseconds / 1e6).toBe(milliseconds);
  });
});
