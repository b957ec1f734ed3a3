import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleText } from '../../src/page/visible-text.ts';

test.each([
  ['plain', 'plain'],
  ['a\u202etxt.exe', 'a\uFFFDtxt.exe'],
  ['a\u2066b\u2069', 'a\uFFFDb\uFFFD'],
  ['zero\u200bwidth\ufeff', 'zero\uFFFDwidth\uFFFD'],
  ['bell\u0007\u0085', 'bell\uFFFD\uFFFD'],
  ['line\nbreak\u2028', 'line\uFFFDbreak\uFFFD'],
  ['lone \ud800 surrogate', 'lone \uFFFD surrogate'],
  ['ünï😀', 'ünï😀'],
])('visibleText() leaves nothing that hides or reorders: %j', (text, expected) => {
  expect(visibleText(text, 40)).toBe(expected);
});

test('visibleText() cuts between code points', () => {
  expect(visibleText('😀😀😀😀', 3)).toBe('😀😀…');
  expect(visibleText('abc', 3)).toBe('abc');
});

test('visibleText() never exceeds the maximum length', () => {
  const unit = fc.string({ unit: 'binary', maxLength: 60 });
  fc.assert(
    fc.property(unit, fc.integer({ min: 1, max: 30 }), (text, most) => {
      expect([...visibleText(text, most)].length).toBeLessThanOrEqual(most);
    }),
  );
});
