import { expect, test } from 'vitest';
import { createSeriesLedger, growthSince, noteSeries } from '../../tools/soak/series-ledger.ts';
import { parseExposition } from '../support/exposition.ts';

function scrape(family: string, ...labels: readonly string[]) {
  const samples = labels.map((one) => `${family}{target="a",${one}} 1\n`);
  return parseExposition(`# TYPE ${family} gauge\n${samples.join('')}`);
}

test('growthSince() names the family whose labels change all the time, although it has no more series', () => {
  const ledger = createSeriesLedger();
  for (let second = 0; second < 10; second++) {
    expect(noteSeries(ledger, scrape('workers', `pid="${second}"`), second)).toBe(1);
  }
  expect(growthSince(ledger, 6)).toEqual({
    before: 7,
    grown: [{ group: 'workers of a', series: 3 }],
  });
});

test('growthSince() finds none in series that come and go, and in a family that begins late', () => {
  const ledger = createSeriesLedger();
  noteSeries(ledger, scrape('codes', 'code="200"', 'code="404"'), 1);
  noteSeries(ledger, scrape('codes', 'code="200"'), 2);
  noteSeries(ledger, scrape('codes', 'code="404"'), 8);
  noteSeries(ledger, scrape('predicted', 'timeout="1"', 'timeout="2"'), 9);
  expect(growthSince(ledger, 5)).toEqual({ before: 2, grown: [] });
});
