import { expect, test } from 'vitest';
import { describeMemory } from '../../src/derive/advice-memory.ts';
import { modelWith } from '../support/predictions.ts';

const mib = 2 ** 20;
const known = { workerBytes: 12 * mib, availableBytes: 900 * mib };
const blocking = modelWith([]);

test.each([
  [undefined, ''],
  ['machine', ' on the machine (MemAvailable)'],
  ['control group', " under the memory limit of the server's control group"],
] as const)('describeMemory() names what limits the memory: %s', (limitedBy, where) => {
  const means = { ...known, ...(limitedBy === undefined ? {} : { limitedBy }) };
  expect(describeMemory({ kind: 'more_slots', slots: 200 }, blocking, means)).toEqual([
    `a worker takes 12 MiB, and 900 MiB are free${where}, of which new workers may take 80 %`,
  ]);
});

test.each([{ workerBytes: mib }, { availableBytes: mib }, {}])(
  'describeMemory() says that memory was not checked when only %j is known',
  (means) => {
    const unchecked = (workers: string) =>
      `whether memory allows ${workers} was not checked: the memory of a worker and the free memory are not known (set --slot-memory and --memory, or processes of the target of a running exporter)`;
    expect(describeMemory({ kind: 'more_slots', slots: 1200 }, blocking, means)).toEqual([
      unchecked('1,200 workers'),
    ]);
    expect(describeMemory({ kind: 'redesign' }, blocking, means)).toEqual([
      unchecked('more workers'),
    ]);
  },
);

test('describeMemory() says nothing where the number of workers stays or costs no memory', () => {
  expect(describeMemory({ kind: 'timeout' }, blocking, known)).toEqual([]);
  const nginx = modelWith([], { idleCost: 'reclaimable' });
  expect(describeMemory({ kind: 'more_slots', slots: 200 }, nginx, {})).toEqual([]);
});
