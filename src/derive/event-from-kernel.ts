import { present } from '../present.ts';
import type { ActivityCounts } from '../snapshot/connections.ts';
import type { SlotFigures, SlotGroup } from '../snapshot/slots.ts';
import { share } from './ratio.ts';

/**
 * The figures of a page of Apache event, with its connections replaced by those of the kernel: event refreshes its own
 * only when one of its queues is maintained, so they lag by up to KeepAliveTimeout.
 */
export function withKernelConnections(figures: SlotFigures, counts: ActivityCounts): SlotFigures {
  if (figures.keepaliveModel !== 'async') return figures;
  const page = figures.groups.find(({ kind }) => kind === 'connection');
  if (page === undefined) return figures;
  const group = kernelGroup(page, counts, requestsOf(figures));
  const { limit } = group;
  return {
    ...figures,
    groups: figures.groups.map((one) => (one === page ? group : one)),
    ...present({
      keepaliveOccupancy: share(group.counts.get('keepalive'), limit?.value),
      connectionOccupancy: share(openOf(counts) + counts.closing, limit?.value),
    }),
  };
}

function kernelGroup(page: SlotGroup, counts: ActivityCounts, requests: number): SlotGroup {
  const { silent, active, sending, idle, closing } = counts;
  const open = openOf(counts);
  // To the kernel a paused response looks idle. Each request that the page shows in progress also has a connection.
  const keepalive = Math.min(idle, Math.max(0, open - requests));
  const held = new Map([
    ['working', silent + active + idle - keepalive],
    ['keepalive', keepalive],
    ['writing_async', sending],
    ['closing', closing],
  ] as const);
  if (page.limit === undefined) return { kind: 'connection', counts: held, fromKernel: true };
  // Closing connections are added to the limit: docs/slot-model.md.
  const ceiling = page.limit.value - (page.counts.get('closing') ?? 0);
  const value = Math.max(ceiling, open) + closing;
  return {
    kind: 'connection',
    limit: { ...page.limit, value },
    counts: new Map([...held, ['free', value - open - closing] as const]),
    fromKernel: true,
  };
}

/** Requests that workers read or answer, without the poll: its connection is closed by the time the kernel is read. */
function requestsOf({ groups }: SlotFigures): number {
  const workers = groups.find(({ kind }) => kind === 'worker')?.counts;
  return Math.max(0, (workers?.get('reading') ?? 0) + (workers?.get('writing') ?? 0) - 1);
}

function openOf({ silent, active, sending, idle }: ActivityCounts): number {
  return silent + active + sending + idle;
}
