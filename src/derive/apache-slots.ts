import {
  type ApacheStatus,
  type Scoreboard,
  type WorkerState,
  workerStates,
} from '../snapshot/apache-status.ts';
import type {
  Capacity,
  KeepaliveModel,
  SlotFigures,
  SlotGroup,
  SlotLimit,
} from '../snapshot/slots.ts';
import { deriveEventConnections } from './event-connections.ts';
import { ratio, share, withKnownRatios } from './ratio.ts';

/**
 * The slot model of Apache httpd. Under prefork and worker an idle keep-alive client blocks a whole worker; under
 * event it costs a connection, and workers are a second kind of slot.
 */
export function deriveApacheSlots(status: ApacheStatus, capacity: Capacity): SlotFigures {
  const keepaliveModel = apacheKeepaliveModel(status);
  const workers = deriveWorkers(status.scoreboard, capacity);
  const connections =
    keepaliveModel === 'async' ? deriveEventConnections(status, capacity) : undefined;
  const keepaliveKind = connections ?? (keepaliveModel === 'blocking' ? workers : undefined);
  return withKnownRatios(
    { keepaliveModel, groups: connections === undefined ? [workers] : [workers, connections] },
    {
      keepaliveOccupancy: share(
        keepaliveKind?.counts.get('keepalive'),
        keepaliveKind?.limit?.value,
      ),
      workerSaturation: deriveWorkerSaturation(workers),
      connectionOccupancy: ratio(status.connsTotal, connections?.limit?.value),
    },
  );
}

/** Conns* lines exist under asynchronous MPMs only, in every 2.4; ServerMPM only since 2.4.13. */
export function apacheKeepaliveModel(status: ApacheStatus): KeepaliveModel {
  return status.serverMpm?.toLowerCase() === 'event' || status.connsTotal !== undefined
    ? 'async'
    : 'blocking';
}

/**
 * 2.4 prints exactly MaxRequestWorkers slots. 2.2 prints ServerLimit x ThreadLimit slots even if MaxClients is lower,
 * so a configured figure takes precedence. Slots beyond the scoreboard count as open.
 */
function deriveWorkers(scoreboard: Scoreboard, capacity: Capacity): SlotGroup {
  const limit = workerLimit(scoreboard, capacity);
  const taken = scoreboard.length - scoreboard.counts.open;
  const counts = new Map<WorkerState, number>(
    workerStates.map((state) => [state, scoreboard.counts[state]]),
  );
  counts.set('open', limit.value - taken);
  return { kind: 'worker', limit, counts };
}

/**
 * After a graceful restart, processes of the old and of the new generation exist at the same time, and the scoreboard
 * holds more than MaxRequestWorkers slots with a process for a while. The limit is then that number.
 */
function workerLimit(scoreboard: Scoreboard, capacity: Capacity): SlotLimit {
  const taken = scoreboard.length - scoreboard.counts.open;
  if (capacity.slots === undefined) return { value: scoreboard.length, source: 'scoreboard' };
  return {
    value: Math.max(capacity.slots, taken),
    source: capacity.slotsSource ?? 'override',
  };
}

/** All slots that are neither idle nor open: a worker blocked by a keep-alive client takes no new visitor either. */
function deriveWorkerSaturation(workers: SlotGroup): number | undefined {
  const available = (workers.counts.get('idle') ?? 0) + (workers.counts.get('open') ?? 0);
  const limit = workers.limit?.value;
  return ratio(limit === undefined ? undefined : limit - available, limit);
}
