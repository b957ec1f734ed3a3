import { ABSENT, type LogRecord, logProtocols } from '../snapshot/log-record.ts';
import { keepAddress } from './follow-address.ts';
import { type GapTracker, usefulSeconds } from './gap-state.ts';
import { addIdleTime } from './idle-classes.ts';
import { addEntry, findEntry, touchEntry } from './recency-table.ts';
import { addConnection, addRequest, addTail, turnTailToGap } from './slot-timeline.ts';

/** A request of a connection, in Unix time. */
export interface TimedRequest {
  readonly key: number;
  readonly start: number;
  readonly end: number;
}

/** Flag of an entry: its last response left the connection open. */
const isIdle = 1;
const http09 = logProtocols.indexOf('HTTP/0.9');
const http10 = logProtocols.indexOf('HTTP/1.0');
const http2 = logProtocols.indexOf('HTTP/2.0');
const http3 = logProtocols.indexOf('HTTP/3.0');

/** nginx clears keep-alive for these (ngx_http_special_response_handler), or has no client any more (408, 444, 499). */
const closingCodes: ReadonlySet<number> = new Set([
  400, 408, 413, 414, 444, 494, 495, 496, 497, 499,
]);

/** Adds a request to its connection: a new one, one that is known, or one from before the log. */
export function followConnection(
  tracker: GapTracker,
  record: LogRecord,
  request: TimedRequest,
): void {
  const table = tracker.openConnections;
  const found = findEntry(table, request.key);
  const continues = found !== -1 && isContinued(tracker, found, { record, start: request.start });
  const number = record.requestOnConnection;
  const begins = number === 1 || (number === ABSENT && !continues);
  if (begins) tracker.connections++;
  else tracker.reusedRequests++;
  let { start, end } = request;
  if (continues) {
    const idleFrom = table.times[found] as number;
    endIdle(tracker, { record, start, idleFrom, wasIdle: table.flags[found] === isIdle });
    if (table.others[found] !== record.client) tracker.changedAddress++;
    end = Math.max(end, idleFrom);
    start = Math.min(Math.max(start, idleFrom), end);
  }
  tracker.busySeconds += end - start;
  addRequest(tracker.timeline, start, end);
  if (begins) addConnection(tracker.timeline, start);
  const stays = staysOpen(record);
  keepConnection(tracker, record, { entry: found, key: request.key, end, continues, stays });
  if (record.client !== ABSENT) keepAddress(tracker, record.client, { start, end, begins, stays });
}

export function isMultiplexed({ protocol }: LogRecord): boolean {
  return protocol === http2 || protocol === http3;
}

/** Whether the server kept the connection open. Without %X by what makes both servers close it. */
function staysOpen(record: LogRecord): boolean {
  if (record.aborted) return false;
  if (record.keptOpen !== ABSENT) return record.keptOpen === 1;
  if (record.protocol === http10 || record.protocol === http09) return false;
  return !closingCodes.has(record.status);
}

/**
 * Whether the request belongs to the connection of that entry. Numbers of connections begin anew when nginx does, and
 * clients use ports again: then the requests on the connection are counted from 1 again.
 */
function isContinued(
  tracker: GapTracker,
  entry: number,
  { record, start }: { readonly record: LogRecord; readonly start: number },
): boolean {
  const { times, counts } = tracker.openConnections;
  if (start - (times[entry] as number) > usefulSeconds(tracker)) return false;
  const number = record.requestOnConnection;
  if (number === ABSENT || number > (counts[entry] as number)) return true;
  // Requests of one connection may end in any order.
  return isMultiplexed(record) && start <= (times[entry] as number);
}

interface Idle {
  readonly record: LogRecord;
  readonly start: number;
  readonly idleFrom: number;
  readonly wasIdle: boolean;
}

/** What was taken for the tail of the connection ends: as a gap, or as none when requests overlap. */
function endIdle(tracker: GapTracker, { record, start, idleFrom, wasIdle }: Idle): void {
  if (!wasIdle) addTail(tracker.timeline, idleFrom, 1);
  else tracker.tails--;
  if (start < idleFrom && isMultiplexed(record)) {
    tracker.overlappingRequests++;
    addTail(tracker.timeline, idleFrom, -1);
    return;
  }
  // Times of whole seconds let a request begin before the one before it has ended.
  const gap = Math.max(0, start - idleFrom);
  const idleClass = addIdleTime(tracker.gaps, gap);
  turnTailToGap(tracker.timeline, { start: idleFrom, end: idleFrom + gap, idleClass });
}

interface Kept {
  /** -1 when the table does not know the connection. */
  readonly entry: number;
  readonly key: number;
  readonly end: number;
  readonly continues: boolean;
  readonly stays: boolean;
}

function keepConnection(
  tracker: GapTracker,
  record: LogRecord,
  { entry: known, key, end, continues, stays }: Kept,
): void {
  const table = tracker.openConnections;
  const uselessBefore = tracker.latest - usefulSeconds(tracker);
  const entry = known === -1 ? addEntry(table, key, { time: end, uselessBefore }) : known;
  touchEntry(table, entry, end);
  const number = record.requestOnConnection;
  if (continues) table.counts[entry] = Math.max(table.counts[entry] as number, number);
  else {
    table.counts[entry] = number;
    table.others[entry] = record.client;
  }
  table.flags[entry] = stays ? isIdle : 0;
  if (!stays) return;
  tracker.tails++;
  addTail(tracker.timeline, end, 1);
}
