import { expect, test } from 'vitest';
import type { FamilyData } from '../../src/metrics/family.ts';
import { everyFamily, everyRow } from '../support/every-family.ts';

/** The rules of `promtool check metrics`, which test/scenarios/prometheus.test.ts runs over the same families. */
const rules: Readonly<Record<string, (family: FamilyData) => boolean>> = {
  'has a help text': ({ help }) => help.trim() !== '',
  'ends with _total if and only if it is a counter': ({ name, type }) =>
    name.endsWith('_total') === (type === 'counter'),
  'has no suffix of a part of a histogram': ({ name }) => !/_(?:bucket|count|sum)$/.test(name),
  'leaves the labels le and quantile to histograms and summaries': ({ samples }) =>
    samples.every(({ labels }) => !('le' in labels || 'quantile' in labels)),
  'does not say its type': ({ name }) => !/_(?:counter|gauge|histogram|summary)(?:_|$)/.test(name),
  'is in base units, written out': ({ name }) =>
    !/_(?:minutes|hours|days|weeks|milliseconds|microseconds|nanoseconds|kilobytes|megabytes|percent|ms|us|ns|sec|b|kb|mb|gb)(?:_|$)/.test(
      name,
    ),
  'is in snake case, its labels too': ({ name, samples }) =>
    [name, ...samples.flatMap(({ labels }) => Object.keys(labels))].every((word) =>
      /^[a-z][a-z0-9_]*$/.test(word),
    ),
};

test.each(Object.entries(rules))('every family, with all of its labels: %s', async (_, holds) => {
  const families = await everyFamily();
  expect(families.filter((family) => !holds(family)).map(({ name }) => name)).toEqual([]);
});

test('the linted families include every row of ours, even those that a calm server does not have', async () => {
  const names = new Set((await everyFamily()).map(({ name }) => name));
  const own = everyRow().filter(({ compatibleWith }) => compatibleWith === undefined);
  expect(own.map(({ name }) => name).filter((name) => !names.has(name))).toEqual([]);
  expect(own.length).toBeGreaterThan(100);
});
