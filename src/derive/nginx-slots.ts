import type { NginxStatus } from '../snapshot/nginx-status.ts';
import type { Capacity, NginxConnectionState, SlotFigures, SlotGroup } from '../snapshot/slots.ts';
import { ratio, share, withKnownRatios } from './ratio.ts';

/**
 * The slot model of nginx: an idle keep-alive client costs a connection, and the oldest idle ones are closed when
 * 1/16 of a worker's connections or less is free (ngx_drain_connections). stub_status does not tell the limit;
 * without it the ratios are absent.
 */
export function deriveNginxSlots(status: NginxStatus, capacity: Capacity): SlotFigures {
  const group = deriveConnections(status, capacity);
  const limit = group.limit?.value;
  const { active, waiting } = status;
  const held = active === undefined || waiting === undefined ? undefined : active - waiting;
  return withKnownRatios(
    { keepaliveModel: 'reclaimable', groups: [group] },
    {
      keepaliveOccupancy: share(waiting, limit),
      // Waiting may exceed Active for a moment: the two atomics are read one after the other.
      workerSaturation: share(held, limit),
      connectionOccupancy: ratio(active, limit),
    },
  );
}

/**
 * HTTP/2 and HTTP/3 count streams in Reading and Writing, so the states may outnumber the connections, and the
 * limit: `free` then stays 0 and the sum shows what the server says.
 */
function deriveConnections(status: NginxStatus, capacity: Capacity): SlotGroup {
  const counts = new Map<NginxConnectionState, number>();
  if (status.reading !== undefined) counts.set('reading', status.reading);
  if (status.writing !== undefined) counts.set('writing', status.writing);
  if (status.waiting !== undefined) counts.set('keepalive', status.waiting);
  if (capacity.slots === undefined) return { kind: 'connection', counts };
  const taken = [...counts.values()].reduce((sum, count) => sum + count, 0);
  counts.set('free', Math.max(0, capacity.slots - taken));
  return {
    kind: 'connection',
    limit: { value: capacity.slots, source: capacity.slotsSource ?? 'override' },
    counts,
  };
}
