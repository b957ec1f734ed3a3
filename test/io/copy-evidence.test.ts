import { expect, test } from 'vitest';
import { mayBeCopy } from '../../src/io/copy-evidence.ts';

/** Times in seconds. */
const file = (born: number, modified: number, changed = modified, size = 100) => ({
  size,
  createdMilliseconds: born * 1000,
  modifiedMilliseconds: modified * 1000,
  changedMilliseconds: changed * 1000,
});
const atPath = (born: number) => ({ ...file(born, born + 50), isAtPath: true });
const renamed = (born: number, at: number) => ({ ...file(born, at - 1, at), isAtPath: false });

test.each([
  ['a copy of the log at the path', file(20, 20), atPath(10), true],
  ['the same, with the times of the log (cp -p)', file(20, 15, 20), atPath(10), true],
  ['a copy that took a minute', file(20, 80, 80, 1e9), renamed(10, 90), true],
  ['a copy made before the log was renamed', file(20, 20), renamed(10, 30), true],
  ['a log that is older than the one at the path', file(5, 9, 10), atPath(10), false],
  ['a log that is older than one that was renamed', file(5, 9, 10), renamed(10, 30), false],
  ['the log after one that was renamed', file(30, 35, 40), renamed(10, 30), false],
  ['the same, born after the renaming', file(31, 35), renamed(10, 30), false],
  ['the same, after that was renamed again', file(30, 35, 40), renamed(10, 40), false],
  ['the same, written to after it was renamed', file(30, 42), renamed(10, 40), false],
])('mayBeCopy() of %s', (_, copy, source, expected) => {
  expect(mayBeCopy(copy, source)).toBe(expected);
});

test('mayBeCopy() without times of creation accepts only a file that was not changed after it was written', () => {
  expect(mayBeCopy(file(0, 20), { ...atPath(10), createdMilliseconds: 0 })).toBe(true);
  expect(mayBeCopy(file(0, 20, 21), { ...atPath(10), createdMilliseconds: 0 })).toBe(false);
});
