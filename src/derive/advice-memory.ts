import type { KeepaliveModel } from '../snapshot/prediction.ts';
import { type Choice, type Means, usableMemory } from './choose-timeout.ts';
import { formatCount, formatMemory, formatPercent } from './format-figures.ts';

interface MemoryMeans extends Means {
  readonly limitedBy?: 'machine' | 'control group';
}

const places = {
  machine: ' on the machine (MemAvailable)',
  'control group': " under the memory limit of the server's control group",
} as const;

/** What an advice about the number of workers rests on: the memory they take, and what there is. */
export function describeMemory(
  { kind, slots }: Choice,
  { idleCost }: KeepaliveModel,
  { workerBytes, availableBytes, limitedBy }: MemoryMeans,
): readonly string[] {
  if ((kind !== 'more_slots' && kind !== 'redesign') || idleCost === 'reclaimable') return [];
  if (workerBytes === undefined || availableBytes === undefined) {
    const workers = slots === undefined ? 'more workers' : `${formatCount(slots)} workers`;
    return [
      `whether memory allows ${workers} was not checked: it needs the memory of a worker and what is free (--slot-memory and --memory; for the exporter that runs, processes of the target)`,
    ];
  }
  const where = limitedBy === undefined ? '' : places[limitedBy];
  return [
    `a worker takes ${formatMemory(workerBytes)}, and ${formatMemory(availableBytes)} are free${where}, of which new workers may take ${formatPercent(usableMemory)}`,
  ];
}
