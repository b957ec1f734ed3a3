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
 * Connections come from Active and Waiting alone: HTTP/2 and HTTP/3 count streams in Reading and Writing, and one
 * connection with 100 streams is one slot. What is not waiting is reading, as far as Reading goes, and else writing.
 */
function deriveConnections(status: NginxStatus, capacity: Capacity): SlotGroup {
  const { active, reading, writing, waiting } = status;
  const counts = new Map<NginxConnectionState, number>();
  // Waiting may exceed Active for a moment: the two atomics are read one after the other.
  const held =
    active === undefined || waiting === undefined ? undefined : Math.max(0, active - waiting);
  if (reading !== undefined) counts.set('reading', Math.min(reading, held ?? reading));
  if (writing !== undefined) {
    counts.set('writing', held === undefined ? writing : held - (counts.get('reading') ?? 0));
  }
  if (waiting !== undefined) counts.set('keepalive', waiting);
  if (capacity.slots === undefined) return { kind: 'connection', counts };
  const taken = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const limit = Math.max(capacity.slots, taken);
  counts.set('free', limit - taken);
  return {
    kind: 'connection',
    limit: { value: limit, source: capacity.slotsSource ?? 'override' },
    counts,
  };
}
