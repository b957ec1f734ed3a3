import { expect, expectTypeOf, test } from 'vitest';
import { present } from '../src/present.ts';

test('present() leaves out what is undefined, and keeps every other value', () => {
  const members = { none: undefined, zero: 0, empty: '', no: false, nothing: null };
  const shown = present(members);
  expect(Object.entries(shown)).toEqual([
    ['zero', 0],
    ['empty', ''],
    ['no', false],
    ['nothing', null],
  ]);
});

test('present() makes a member optional where its value may be undefined', () => {
  const seconds: number | undefined = [1, undefined].find((value) => value === undefined);
  const shown: { readonly name: string; readonly seconds?: number } = present({
    name: 'shop',
    seconds,
  });
  expect(shown).toStrictEqual({ name: 'shop' });
  expectTypeOf(present({ name: 'shop', seconds }).name).toEqualTypeOf<string>();
});
