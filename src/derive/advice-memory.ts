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

/** The memory that an advice about the number of workers is based on. */
export function describeMemory(
  { kind, slots }: Choice,
  { idleCost }: KeepaliveModel,
  { workerBytes, availableBytes, limitedBy }: MemoryMeans,
): readonly string[] {
  if ((kind !== 'more_slots' && kind !== 'redesign') || idleCost === 'reclaimable') return [];
  if (workerBytes === undefined || availableBytes === undefined) {
    const workers = slots === undefined ? 'more workers' : `${formatCount(slots)} workers`;
    return [
      `whether memory allows ${workers} was not checked: the memory of a worker and the free memory are not known (set --slot-memory and --memory, or processes of the target of a running exporter)`,
    ];
  }
  const where = limitedBy === undefined ? '' : places[limitedBy];
  return [
    `a worker takes ${formatMemory(workerBytes)}, and ${formatMemory(availableBytes)} are free${where}, of which new workers may take ${formatPercent(usableMemory)}`,
  ];
}
