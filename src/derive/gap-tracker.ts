import type { GapSummary, TableUse } from '../snapshot/gap-summary.ts';
import { ABSENT, type LogRecord } from '../snapshot/log-record.ts';
import { shareOfBusiest } from './follow-address.ts';
import { followConnection, isMultiplexed } from './follow-connection.ts';
import type { GapTracker } from './gap-state.ts';
import { idleClassesOf } from './idle-classes.ts';
import { clearTable, type RecencyTable, tableBytes } from './recency-table.ts';
import { advanceTimeline, endTimeline, readTimeline, tickAt } from './slot-timeline.ts';

/** An hour without any line more likely means that the log is incomplete than that no visitor came. */
const holeSeconds = 3600;
const lateSeconds = 60;
/** Single lines may be late; after this many in a row, the clock went back. */
const lateLinesOfJump = 10;

/** Adds one line. The polls of the exporter close their connections and are not visitors. */
export function trackRecord(tracker: GapTracker, record: LogRecord): void {
  if (record.own) return;
  const { quirks } = tracker;
  if (record.unixSeconds === ABSENT) {
    quirks.linesWithoutTime++;
    return;
  }
  const { request, timeline } = tracker;
  request.key = connectionKey(record);
  if (request.key === ABSENT) {
    quirks.linesWithoutConnection++;
    return;
  }
  if (record.requestSeconds === ABSENT) quirks.linesWithoutDuration++;
  if (record.unixSeconds === Math.floor(record.unixSeconds)) quirks.wholeSecondLines++;
  if (isMultiplexed(record)) quirks.multiplexedRequests++;
  const duration = Math.max(0, record.requestSeconds);
  const end = record.timeIsBegin ? record.unixSeconds + duration : record.unixSeconds;
  keepTime(tracker, end);
  tracker.requests++;
  request.start = end - duration;
  request.end = end;
  request.startTick = tickAt(timeline, request.start);
  request.endTick = tickAt(timeline, end);
  followConnection(tracker, record);
}

/** The figures so far; the tracker does not change. */
export function summarizeGaps(tracker: GapTracker): GapSummary {
  const { requests, connections, reusedRequests, tails, busySeconds, todaySeconds } = tracker;
  return {
    todaySeconds,
    timeouts: tracker.timeouts,
    ...readTimeline(tracker.timeline),
    firstSeconds: tracker.firstSeconds,
    lastSeconds: tracker.firstSeconds === undefined ? undefined : tracker.latest,
    requests,
    connections,
    reusedRequests,
    overlappingRequests: tracker.overlappingRequests,
    tails,
    busySeconds,
    gaps: idleClassesOf(tracker.gaps),
    missed: idleClassesOf(tracker.missed),
    clients: {
      busiestShare: shareOfBusiest(tracker),
      changedShare: reusedRequests === 0 ? 0 : tracker.changedAddress / reusedRequests,
    },
    openConnections: useOf(tracker.openConnections),
    addresses: useOf(tracker.addresses),
    quirks: { ...tracker.quirks },
  };
}

function useOf(table: RecencyTable): TableUse {
  const { size, maximum, evicted } = table;
  return { entries: size, maximum, bytes: tableBytes(table), evicted };
}

/** The server's number of the connection, else its peer's address and port. */
function connectionKey({ connection, client, remotePort }: LogRecord): number {
  if (connection !== ABSENT) return connection;
  if (client === ABSENT || remotePort === ABSENT) return ABSENT;
  const high = Math.floor(client / 0x1_0000_0000);
  const low = (client | 0) ^ Math.imul(remotePort, 0x9e3779b1);
  return high * 0x1_0000_0000 + (low >>> 0);
}

/** Most lines come in the order in which requests end. Clocks are adjusted, and logs have holes. */
function keepTime(tracker: GapTracker, end: number): void {
  const { quirks } = tracker;
  tracker.firstSeconds ??= end;
  if (end < tracker.latest - lateSeconds) {
    quirks.lateLines++;
    if (++tracker.lateInARow < lateLinesOfJump) return;
    quirks.clockJumps++;
    restart(tracker, end);
  } else if (end > tracker.latest + holeSeconds && Number.isFinite(tracker.latest)) {
    quirks.holeSeconds += end - tracker.latest;
    restart(tracker, end);
  }
  tracker.lateInARow = 0;
  if (end <= tracker.latest) return;
  tracker.latest = end;
  advanceTimeline(tracker.timeline, end);
}

function restart(tracker: GapTracker, end: number): void {
  endTimeline(tracker.timeline);
  clearTable(tracker.openConnections);
  clearTable(tracker.addresses);
  tracker.latest = end;
  advanceTimeline(tracker.timeline, end);
}
