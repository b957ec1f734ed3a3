import { createProcessMetrics } from '../../src/io/process-metrics.ts';
import { selfGroups, targetGroups } from '../../src/metrics/catalog.ts';
import type { Family, FamilyData, Sample } from '../../src/metrics/family.ts';
import { keepaliveProbeFamilies } from '../../src/metrics/keepalive-probe-families.ts';
import { probeFamilies } from '../../src/metrics/probe-families.ts';

type FamilyRow = Omit<Family<never>, 'samples'>;

/** Every row of /metrics and of both kinds of /probe. */
export function everyRow(): readonly FamilyRow[] {
  return [
    ...targetGroups.flatMap(({ families }) => families),
    ...selfGroups.flatMap(({ families }) => families),
    ...probeFamilies,
    ...keepaliveProbeFamilies,
  ];
}

/**
 * Every family the exporter can emit, each with a sample that has all of its labels: what is empty on a calm server is
 * seen, too. The names of other exporters are left out: they stay as theirs are, whatever a linter says.
 */
export async function everyFamily(): Promise<readonly FamilyData[]> {
  const own = everyRow().filter(({ compatibleWith }) => compatibleWith === undefined);
  const once = new Map(own.map((row) => [row.name, row]));
  return [...[...once.values()].map(withSamples), ...(await createProcessMetrics().collect())];
}

function withSamples({ name, type, help, labels }: FamilyRow): FamilyData {
  const values = Object.fromEntries(labels.map((label) => [label, 'x']));
  return { name, type, help, samples: type === 'histogram' ? parts(values) : [plain(values)] };
}

const plain = (labels: Sample['labels']): Sample => ({ labels, value: 1 });

const parts = (labels: Sample['labels']): readonly Sample[] => [
  { labels, suffix: '_bucket', le: '1', value: 1 },
  { labels, suffix: '_bucket', le: '+Inf', value: 1 },
  { labels, suffix: '_sum', value: 1 },
  { labels, suffix: '_count', value: 1 },
];
