import type { ProcessFigures } from '../snapshot/host.ts';
import type { SlotFigures } from '../snapshot/slots.ts';

/**
 * Memory that idle keep-alive clients hold under a blocking model: the share of the memory of the workers that are in
 * state `keepalive`. Under event and nginx an idle client holds no worker.
 */
export function deriveKeepaliveMemory(
  figures: SlotFigures | undefined,
  processes: ProcessFigures | undefined,
): number | undefined {
  if (figures?.keepaliveModel !== 'blocking' || processes === undefined) return undefined;
  const workers = figures.groups.find(({ kind }) => kind === 'worker');
  const keepalive = workers?.counts.get('keepalive');
  if (workers?.limit === undefined || keepalive === undefined) return undefined;
  const living = workers.limit.value - (workers.counts.get('open') ?? 0);
  return living <= 0 ? undefined : (processes.workerBytes * keepalive) / living;
}
