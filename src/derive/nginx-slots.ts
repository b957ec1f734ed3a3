import type { NginxStatus } from '../snapshot/nginx-status.ts';
import type { Capacity, NginxConnectionState, SlotFigures, SlotGroup } from '../snapshot/slots.ts';
import { ratio, share, withKnownRatios } from './ratio.ts';

/**
 * The slot model of nginx: an idle keep-alive client holds a connection. nginx closes the oldest idle connections when
 * at most 1/16 of the connections of a worker are free (ngx_drain_connections). stub_status does not report the limit;
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
      // Waiting may exceed Active for a moment: nginx reads the two counters one after the other.
      workerSaturation: share(held, limit),
      connectionOccupancy: ratio(active, limit),
    },
  );
}

/**
 * Only Active and Waiting count connections: HTTP/2 and HTTP/3 count streams in Reading and Writing, and one connection
 * with 100 streams is one slot. Connections that do not wait count as reading, up to Reading, and otherwise as writing.
 */
function deriveConnections(status: NginxStatus, capacity: Capacity): SlotGroup {
  const { active, reading, writing, waiting } = status;
  const counts = new Map<NginxConnectionState, number>();
  // Waiting may exceed Active for a moment: nginx reads the two counters one after the other.
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
