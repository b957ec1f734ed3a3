import { recordOf } from '../parse/record-of.ts';
import { present } from '../present.ts';
import {
  type ActivityCounts,
  type ConnectionActivity,
  type ConnectionSummary,
  connectionActivities,
  type HeldConnection,
} from '../snapshot/connections.ts';
import type { ConnectionSocket } from '../snapshot/kernel.ts';
import { buildHistogram } from './histogram.ts';

/** Upper bounds in seconds: the usual keep-alive timeouts, and values around them. */
export const idleSecondsBounds = [0.5, 1, 2, 3, 5, 7, 10, 15, 30, 60, 75, 120, 300] as const;

/** Connections that the slot board draws one by one. */
const maximumOnBoard = 1000;

/**
 * The activity of a connection, from its queues and from which side sent last. The kernel cannot distinguish some
 * cases. A partly received request and a request that is being processed are both `active`. After a TLS handshake the
 * server has sent last, so a client that sends nothing then is `idle`; so is a response that pauses while it is
 * produced. With HTTP/2 a connection is `active` while its last frame came from the client.
 *
 * Undefined for a socket that no process holds any more.
 */
export function classifyConnection(socket: ConnectionSocket): ConnectionActivity | undefined {
  const { state, held, unreadBytes, unsentBytes, receivedBytes, sentBytes } = socket;
  if (!held) {
    // A client that gave up while it waited leaves close_wait: the server still has to accept it.
    return state === 'established' || state === 'close_wait' ? 'queued' : undefined;
  }
  if (state === 'fin_wait1' || state === 'fin_wait2') return 'closing';
  if (unsentBytes > 0) return 'sending';
  // The FIN of a client counts as one unread byte.
  if (unreadBytes > (state === 'close_wait' ? 1 : 0)) return 'active';
  if (sentBytes === 0) {
    return receivedBytes > (state === 'close_wait' ? 1 : 0) ? 'active' : 'silent';
  }
  const { sinceSentSeconds = 0, sinceReceivedSeconds = 0 } = socket;
  return sinceSentSeconds <= sinceReceivedSeconds ? 'idle' : 'active';
}

/** Summarizes all connections of a server. */
export function summarizeConnections(sockets: readonly ConnectionSocket[]): ConnectionSummary {
  const counts = emptyCounts();
  const held: HeldConnection[] = [];
  const idleAges: number[] = [];
  const roundTrips: number[] = [];
  const perClient = new Map<string, number>();
  let oldestQueuedSeconds: number | undefined;
  for (const socket of sockets) {
    const activity = classifyConnection(socket);
    if (activity === undefined) continue;
    counts[activity] += 1;
    const ageSeconds = ageOf(socket);
    held.push({ activity, ageSeconds });
    if (activity === 'idle') idleAges.push(socket.sinceSentSeconds ?? ageSeconds);
    if (activity === 'queued') {
      if (socket.state === 'established') {
        oldestQueuedSeconds = Math.max(oldestQueuedSeconds ?? 0, ageSeconds);
      }
      continue;
    }
    perClient.set(socket.remoteAddress, (perClient.get(socket.remoteAddress) ?? 0) + 1);
    if (socket.minRoundTripSeconds !== undefined) roundTrips.push(socket.minRoundTripSeconds);
  }
  return {
    counts,
    idleSeconds: buildHistogram(idleSecondsBounds, idleAges),
    clients: perClient.size,
    topClientConnections: largest(perClient.values()) ?? 0,
    held: held.toSorted((a, b) => b.ageSeconds - a.ageSeconds).slice(0, maximumOnBoard),
    ...present({
      oldestIdleSeconds: largest(idleAges),
      oldestQueuedSeconds,
      minRoundTripSeconds: roundTripPercentiles(roundTrips),
    }),
  };
}

export function countActivities(sockets: readonly ConnectionSocket[]): ActivityCounts {
  const counts = emptyCounts();
  for (const socket of sockets) {
    const activity = classifyConnection(socket);
    if (activity !== undefined) counts[activity] += 1;
  }
  return counts;
}

function emptyCounts(): Record<ConnectionActivity, number> {
  return recordOf(connectionActivities, () => 0);
}

/** Seconds since the last byte in either direction. */
function ageOf({ sinceSentSeconds, sinceReceivedSeconds }: ConnectionSocket): number {
  return Math.min(
    sinceSentSeconds ?? Number.POSITIVE_INFINITY,
    sinceReceivedSeconds ?? sinceSentSeconds ?? 0,
  );
}

function roundTripPercentiles(
  values: readonly number[],
): ConnectionSummary['minRoundTripSeconds'] | undefined {
  const sorted = Float64Array.from(values).sort();
  const at = (percent: number) => sorted[Math.ceil((percent * sorted.length) / 100) - 1] ?? 0;
  return sorted.length === 0 ? undefined : { '50': at(50), '90': at(90), '99': at(99) };
}

function largest(values: Iterable<number>): number | undefined {
  let max: number | undefined;
  for (const value of values) max = Math.max(max ?? value, value);
  return max;
}
