import type { ApacheStatus } from '../snapshot/apache-status.ts';
import type { Capacity, EventConnectionState, SlotGroup } from '../snapshot/slots.ts';
import { compareVersions, parseServerVersion } from './server-version.ts';

/** The default of AsyncRequestWorkerFactor (DEFAULT_WORKER_FACTOR in event.c). */
const defaultFactor = 2;

/**
 * Connection slots under the event MPM. A process accepts while `connections - lingering < ThreadsPerChild + idle
 * workers x AsyncRequestWorkerFactor` (connections_above_limit in event.c), so the limit falls from (factor + 1) x to 1
 * x the threads as workers get busy.
 *
 * Connections in lingering close do not count against this limit. They are added to it here, so that the states still
 * add up to the limit. When the limit has just fallen, more connections than that may be open; then the limit is their
 * number.
 *
 * ConnsTotal and its parts lag by up to KeepAliveTimeout: the listener refreshes them only when a queue expires.
 */
export function deriveEventConnections(
  status: ApacheStatus,
  capacity: Capacity,
): SlotGroup | undefined {
  const total = status.connsTotal;
  if (total === undefined) return undefined;
  const keepalive = status.connsAsyncKeepAlive ?? 0;
  const writing = status.connsAsyncWriting ?? 0;
  const waitIo = status.connsAsyncWaitIo ?? 0;
  const closing = status.connsAsyncClosing ?? 0;
  // The parts are read one after another from several processes, so they may exceed the total for a moment.
  const working = Math.max(0, total - keepalive - writing - waitIo - closing);
  const open = working + keepalive + writing + waitIo;
  const counts = new Map<EventConnectionState, number>([
    ['working', working],
    ['keepalive', keepalive],
    ['writing_async', writing],
    ['wait_io', waitIo],
    ['closing', closing],
  ]);
  const ceiling = connectionCeiling(status, capacity);
  if (ceiling === undefined) return { kind: 'connection', counts };
  const limit = Math.max(ceiling, open) + closing;
  counts.set('free', limit - open - closing);
  return { kind: 'connection', limit: { value: limit, source: 'computed' }, counts };
}

/**
 * Sum over the accepting processes. The page has one figure of idle workers for all of them, so the sum is threads +
 * factor x idle.
 */
function connectionCeiling(status: ApacheStatus, capacity: Capacity): number | undefined {
  const threads = acceptingThreads(status, capacity);
  if (threads === undefined || status.idleWorkers === undefined) return undefined;
  const factor = capacity.asyncRequestWorkerFactor ?? defaultFactor;
  return threads + idleAllowance(status.idleWorkers, factor, status.serverVersion);
}

/**
 * event.c stores the factor in sixteenths of an unsigned int. Since 2.4.30 it divides before it multiplies, which
 * truncates a factor of 1.5 to 1; up to 2.4.29 it multiplied first.
 */
function idleAllowance(idle: number, factor: number, serverVersion: string | undefined): number {
  const sixteenths = Math.trunc(Math.max(1, factor) * 16);
  const version = parseServerVersion(serverVersion);
  const multipliesFirst = version !== undefined && compareVersions(version, '2.4.30') < 0;
  return multipliesFirst
    ? Math.trunc((idle * sixteenths) / 16)
    : idle * Math.trunc(sixteenths / 16);
}

/**
 * Threads of the accepting processes: processes x ThreadsPerChild when the latter is configured. Otherwise, while no
 * process is stopping, every slot with a process belongs to an accepting process.
 */
function acceptingThreads(status: ApacheStatus, capacity: Capacity): number | undefined {
  const stopping = status.stoppingProcesses ?? 0;
  if (capacity.threadsPerChild !== undefined && status.processes !== undefined) {
    return Math.max(0, status.processes - stopping) * capacity.threadsPerChild;
  }
  return stopping === 0 ? status.scoreboard.length - status.scoreboard.counts.open : undefined;
}
