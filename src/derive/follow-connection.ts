import {
  ABSENT,
  clientClosedRequest,
  type LogRecord,
  logProtocols,
  requestTimeout,
} from '../snapshot/log-record.ts';
import { keepAddress } from './follow-address.ts';
import type { GapTracker } from './gap-state.ts';
import { addIdleTime } from './idle-classes.ts';
import { addEntry, findEntry, touchEntry } from './recency-table.ts';
import { addConnection, addRequest, addTail, removeTail, turnTailToGap } from './slot-timeline.ts';

/** Flag of an entry: its last response left the connection open. */
const isIdle = 1;
const http09 = logProtocols.indexOf('HTTP/0.9');
const http10 = logProtocols.indexOf('HTTP/1.0');
const http2 = logProtocols.indexOf('HTTP/2.0');
const http3 = logProtocols.indexOf('HTTP/3.0');

/** nginx clears keep-alive for these (ngx_http_special_response_handler), or the client is gone. */
const closingCodes: ReadonlySet<number> = new Set([
  400,
  requestTimeout,
  413,
  414,
  444,
  494,
  495,
  496,
  497,
  clientClosedRequest,
]);

/** Assigns the request to its connection: a new one, a known one, or one that began before the log. */
export function followConnection(tracker: GapTracker, record: LogRecord): void {
  const { request, timeline, openConnections } = tracker;
  const found = findEntry(openConnections, request.key);
  request.continues = found !== -1 && isContinued(tracker, record, found);
  const number = record.requestOnConnection;
  request.begins = number === 1 || (number === ABSENT && !request.continues);
  request.stays = staysOpen(record, tracker.todaySeconds === 0);
  if (request.begins) tracker.connections++;
  else tracker.reusedRequests++;
  if (request.continues) endIdle(tracker, record, found);
  tracker.busySeconds += request.end - request.start;
  addRequest(timeline, request.startTick, request.endTick);
  if (request.begins) addConnection(timeline, request.startTick);
  keepConnection(tracker, record, found);
  keepAddress(tracker, record.client);
}

export function isMultiplexed({ protocol }: LogRecord): boolean {
  return protocol === http2 || protocol === http3;
}

/**
 * Whether the server kept the connection open. Without %X this follows from what makes both servers close it. With
 * keep-alive off %X shows only that: then a connection counts as open if a timeout would have kept it so.
 */
function staysOpen(record: LogRecord, isOff: boolean): boolean {
  if (record.aborted) return false;
  if (record.keptOpen !== ABSENT && !isOff) return record.keptOpen === 1;
  if (record.protocol === http10 || record.protocol === http09) return false;
  return record.status < 400 || !closingCodes.has(record.status);
}

/**
 * Whether the request belongs to the connection of that entry. nginx restarts its connection numbers when it restarts,
 * and clients reuse ports; then the requests on the connection are counted from 1 again.
 */
function isContinued(tracker: GapTracker, record: LogRecord, entry: number): boolean {
  const { times, counts } = tracker.openConnections;
  const { start } = tracker.request;
  const idleFrom = times[entry] as number;
  if (start - idleFrom > tracker.usefulSeconds) return false;
  const number = record.requestOnConnection;
  if (number === ABSENT || number > (counts[entry] as number)) return true;
  // Requests of one connection may end in any order.
  return isMultiplexed(record) && start <= idleFrom;
}

/** The idle time that counted as a tail ends: it was a gap, or nothing when requests overlap. */
function endIdle(tracker: GapTracker, record: LogRecord, entry: number): void {
  const { request, timeline, openConnections } = tracker;
  const idleFrom = openConnections.times[entry] as number;
  const idleTick = openConnections.ticks[entry] as number;
  if (openConnections.others[entry] !== record.client) tracker.changedAddress++;
  if (openConnections.flags[entry] === isIdle) tracker.tails--;
  else addTail(timeline, idleTick);
  if (request.start < idleFrom && isMultiplexed(record)) {
    tracker.overlappingRequests++;
    removeTail(timeline, idleTick);
  } else {
    // With whole seconds a request may seem to begin before the previous one has ended.
    const gap = Math.max(0, request.start - idleFrom);
    const idleClass = addIdleTime(tracker.gaps, gap);
    turnTailToGap(timeline, idleTick, Math.max(idleTick, request.startTick), idleClass);
  }
  // Overlapping requests hold one slot.
  if (request.start < idleFrom) {
    request.start = idleFrom;
    request.startTick = idleTick;
  }
  if (request.end < idleFrom) {
    request.end = idleFrom;
    request.endTick = idleTick;
  }
}

function keepConnection(tracker: GapTracker, record: LogRecord, known: number): void {
  const { request, openConnections: table } = tracker;
  const entry =
    known === -1 ? addEntry(table, request.key, tracker.latest - tracker.usefulSeconds) : known;
  touchEntry(table, entry, request.end);
  table.ticks[entry] = request.endTick;
  const number = record.requestOnConnection;
  if (request.continues) table.counts[entry] = Math.max(table.counts[entry] as number, number);
  else {
    table.counts[entry] = number;
    table.others[entry] = record.client;
  }
  table.flags[entry] = request.stays ? isIdle : 0;
  if (!request.stays) return;
  tracker.tails++;
  addTail(tracker.timeline, request.endTick);
}
