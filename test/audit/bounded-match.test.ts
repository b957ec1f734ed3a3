import { describe, expect, test } from 'vitest';
import { estimateSteps, matchesWithin } from '../../src/audit/bounded-match.ts';

const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36';

describe('matchesWithin() evaluates the expressions of common guides', () => {
  test.each([
    ['Safari', true],
    ['^Mozilla/.*Chrome', true],
    ['Mozilla/[2-4]', false],
    ['MSIE [17-9]', false],
    ['(MSIE|Trident|Firefox|Chrome|Safari|Opera|Edge|curl|wget|bot|crawl|spider)', true],
    ['MSIE 4\\.0b2;', false],
    ['Chrome/\\d+', true],
  ])('%s', (expression, wanted) => {
    expect(matchesWithin(expression, { text: agent })).toBe(wanted);
  });

  test('ignoreCase makes a match independent of case', () => {
    expect(matchesWithin('safari', { text: agent })).toBe(false);
    expect(matchesWithin('safari', { text: agent, ignoreCase: true })).toBe(true);
  });
});

/** Nothing is timed: one of them that ran would not end within the test runner's own limit. */
describe('matchesWithin() does not run an expression with unbounded work', () => {
  test.each([
    '(a+)+$',
    '(.*)*x',
    '.*.*.*.*.*~',
    `${'.?'.repeat(60)}~`,
    `${'(.|.)'.repeat(60)}~`,
    '(.+?)+~',
    '(a{1,99}){1,99}~',
    '(.*)\\1\\1~',
    ')',
    '[z-a]',
    '(?i)safari',
  ])('%s', (expression) => {
    expect(matchesWithin(expression, { text: agent })).toBeUndefined();
  });
});

test('estimateSteps() adds alternatives and multiplies sequences', () => {
  expect(estimateSteps('^a', 100)).toBe(1);
  expect(estimateSteps('a|b|c', 100)).toBe(300);
  expect(estimateSteps('^(a|b)(c|d)', 100)).toBe(400);
  expect(estimateSteps('^a.*', 99)).toBe(100);
});
