import type { ListenFigures } from '../snapshot/host.ts';
import type { SlotFigures } from '../snapshot/slots.ts';

/** States of a worker with a request: each has one connection. */
const busyStates = ['reading', 'writing', 'logging', 'closing', 'graceful', 'dns'] as const;

/**
 * Idle keep-alive connections of an Apache event server according to the kernel: established connections, without those
 * that are not accepted and those whose request is in progress. Connections that write or close without a worker count
 * as idle; the figures of the server for them lag as much as its figure for keep-alive.
 */
export function deriveKernelKeepalive(
  figures: SlotFigures | undefined,
  listen: readonly ListenFigures[],
): number | undefined {
  if (figures?.keepaliveModel !== 'async' || listen.length === 0) return undefined;
  const workers = figures.groups.find(({ kind }) => kind === 'worker')?.counts;
  if (workers === undefined) return undefined;
  const accepted = listen.reduce(
    (sum, { connections, queueLength }) => sum + (connections['established'] ?? 0) - queueLength,
    0,
  );
  const busy = busyStates.reduce((sum, state) => sum + (workers.get(state) ?? 0), 0);
  // The poll was among the busy workers on the page; its connection is closed by the time the kernel is read.
  return Math.max(0, accepted - Math.max(0, busy - 1));
}
