import {
  type ActivityCounts,
  type ConnectionActivity,
  type ConnectionSummary,
  connectionActivities,
  type HeldConnection,
} from '../snapshot/connections.ts';
import type { ConnectionSocket } from '../snapshot/kernel.ts';
import { buildIdleSeconds } from './idle-seconds.ts';

/** Squares that the slot board draws one by one. */
const mostOnBoard = 1000;

/**
 * What a connection does, from its queues and from which side moved last. Limits, which no view from the kernel can
 * lift: half a request and a request at work look alike (`active`); after a TLS handshake the server has spoken last,
 * so a client that then stays silent is `idle`; so is a response that pauses while it is produced. With HTTP/2 a
 * connection is `active` while its last frame came from the client.
 *
 * Undefined for a socket that nobody holds any more (closed by the server, or by a client that nobody had accepted).
 */
export function classifyConnection(socket: ConnectionSocket): ConnectionActivity | undefined {
  const { state, held, unreadBytes, unsentBytes, receivedBytes, sentBytes } = socket;
  if (!held) {
    // A client that has given up while it waited leaves close_wait: the server still has to accept it.
    return state === 'established' || state === 'close_wait' ? 'queued' : undefined;
  }
  if (state === 'fin_wait1' || state === 'fin_wait2') return 'closing';
  if (unsentBytes > 0) return 'sending';
  // The FIN of a client that has ended its side is counted as one unread byte.
  if (unreadBytes > (state === 'close_wait' ? 1 : 0)) return 'active';
  if (sentBytes === 0) {
    return receivedBytes > (state === 'close_wait' ? 1 : 0) ? 'active' : 'silent';
  }
  const { sinceSentSeconds = 0, sinceReceivedSeconds = 0 } = socket;
  return sinceSentSeconds <= sinceReceivedSeconds ? 'idle' : 'active';
}

/** All connections of a server together. */
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
    idleSeconds: buildIdleSeconds(idleAges),
    clients: perClient.size,
    topClientConnections: largest(perClient.values()) ?? 0,
    held: held.toSorted((a, b) => b.ageSeconds - a.ageSeconds).slice(0, mostOnBoard),
    ...known('oldestIdleSeconds', largest(idleAges)),
    ...known('oldestQueuedSeconds', oldestQueuedSeconds),
    ...known('minRoundTripSeconds', roundTripPercentiles(roundTrips)),
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
  return Object.fromEntries(connectionActivities.map((activity) => [activity, 0])) as Record<
    ConnectionActivity,
    number
  >;
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

function known<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}
