import { expect, test } from 'vitest';
import { scrapeDeadline } from '../../src/server/scrape-deadline.ts';

test.each([
  ['10', 9500],
  ['2.5', 2000],
  ['1', 500],
  ['0.4', 200],
  ['3600', 120_000],
  ['', 9500],
  ['-1', 9500],
  ['soon', 9500],
  ['Infinity', 9500],
  [undefined, 9500],
])('scrapeDeadline(%j) is %i ms', (header, milliseconds) => {
  expect(scrapeDeadline(header)).toBe(milliseconds);
});
