import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrapText } from '../../src/derive/wrap-text.ts';

test('wrapText() breaks at blanks, and indents what follows', () => {
  const text = `${'word '.repeat(14)}end and more`;
  expect(wrapText(text, { first: '  why: ', next: 7 })).toBe(
    `  why: ${'word '.repeat(14)}end\n       and more`,
  );
  expect(wrapText('', { first: 'a ', next: 2 })).toBe('a ');
});

test('wrapText() keeps a long word whole', () => {
  const path = `/srv/${'a'.repeat(90)}`;
  expect(wrapText(`in ${path} now`, { first: '', next: 2 })).toBe(`in\n  ${path}\n  now`);
});

test('wrapText() changes nothing but the blanks, and no line is too long', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(words, fc.nat(20), (all, next) => {
      const wrapped = wrapText(all.join(' '), { first: '', next });
      expect(wrapped.split(/\s+/).filter((word) => word !== '')).toEqual(all);
      expect(Math.max(...wrapped.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    }),
  );
});
