import { expect, test } from 'vitest';
import { family } from '../../src/metrics/family.ts';
import { createExposition } from '../../src/pipeline/exposition.ts';

test('D9 createExposition() logs a row that throws once, until it has been read again, and counts every failure', async () => {
  const lines: unknown[] = [];
  const note = (_: string, fields?: object) => void lines.push(fields);
  const exposition = createExposition({ debug: note, info: note, warn: note, error: note });
  let isBroken = true;
  const row = family({
    name: 'broken',
    type: 'gauge',
    help: 'A row with a defect.',
    labels: [],
    source: 'test',
    samples: (value: number) => {
      if (isBroken) throw new Error('a defect');
      return [{ labels: {}, value }];
    },
  });
  for (let scrape = 0; scrape < 3; scrape++) expect(await exposition.render([row], [1])).toBe('');
  expect(lines).toEqual([{ family: 'broken', error: 'Error: a defect' }]);
  isBroken = false;
  expect(await exposition.render([row], [1])).toContain('broken 1');
  isBroken = true;
  await exposition.render([row], [1]);
  expect(lines).toHaveLength(2);
  expect(exposition.failures()).toBe(4);
});
