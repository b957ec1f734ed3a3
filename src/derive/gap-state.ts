import { createIdleTimes, type IdleTimes } from './idle-classes.ts';
import { createRecencyTable, type RecencyTable } from './recency-table.ts';
import { createTimeline, type SlotTimeline } from './slot-timeline.ts';

/** Timeouts in seconds of which the loads are worked out; 0 is keep-alive off. */
export const candidateTimeouts = [0, 0.5, 1, 2, 3, 5, 7, 10, 15, 30, 60, 75, 120] as const;

export interface GapTrackerOptions {
  /** The timeout in force while the log is written; unknown above longestTimeoutSeconds. */
  readonly todaySeconds?: number;
  readonly timeouts?: readonly number[];
  /** How fine moments are told apart; timeouts are rounded to it where moments are counted. */
  readonly tickSeconds?: number;
  /** Entries of each table at most: powers of two. */
  readonly maximumConnections?: number;
  readonly maximumAddresses?: number;
}

/** State of one log, or of logs that are written at the same time. */
export interface GapTracker {
  readonly todaySeconds: number | undefined;
  readonly timeouts: readonly number[];
  readonly timeline: SlotTimeline;
  readonly openConnections: RecencyTable;
  readonly addresses: RecencyTable;
  readonly gaps: IdleTimes;
  readonly missed: IdleTimes;
  /** How long a connection may have been idle and still carry a request. */
  readonly usefulSeconds: number;
  readonly request: CurrentRequest;
  firstSeconds: number | undefined;
  /** Newest end of a request. */
  latest: number;
  lateInARow: number;
  requests: number;
  connections: number;
  reusedRequests: number;
  overlappingRequests: number;
  changedAddress: number;
  tails: number;
  busySeconds: number;
  readonly quirks: Quirks;
}

/**
 * The request of the line at hand, in Unix time. One is reused for all lines, as the record is: an object for each
 * would keep the garbage collector at work for a fifth of the time.
 */
export interface CurrentRequest {
  /** Of its connection. */
  key: number;
  start: number;
  end: number;
  /** Of start and end, on the timeline. */
  startTick: number;
  endTick: number;
  /** Its connection is new. */
  begins: boolean;
  /** Its connection is in the table. */
  continues: boolean;
  /** The connection stays open after the response. */
  stays: boolean;
}

/** As in LogQuirks, which tells what they are. */
interface Quirks {
  linesWithoutConnection: number;
  linesWithoutTime: number;
  linesWithoutDuration: number;
  multiplexedRequests: number;
  wholeSecondLines: number;
  lateLines: number;
  clockJumps: number;
  holeSeconds: number;
}

/** A longer timeout is as good as none: its moments would cost memory, and nobody would wait for them. */
export const longestTimeoutSeconds = 3600;
/** How long after its last response an address is remembered. */
export const missedWithinSeconds = 300;
/** Longer than any request but downloads and sockets kept open, whose beginning is then cut off. */
const lagSeconds = 600;
const defaultTableSize = 65_536;

export function createGapTracker(options: GapTrackerOptions = {}): GapTracker {
  const { tickSeconds = 0.5 } = options;
  const isKnown = (options.todaySeconds ?? Infinity) <= longestTimeoutSeconds;
  const todaySeconds = isKnown ? options.todaySeconds : undefined;
  const timeouts = withToday(options.timeouts ?? candidateTimeouts, todaySeconds);
  const longest = timeouts.at(-1) ?? 0;
  return {
    todaySeconds,
    timeouts,
    timeline: createTimeline({
      timeouts,
      tickSeconds,
      lagSeconds: Math.max(lagSeconds, longest + missedWithinSeconds),
    }),
    openConnections: createRecencyTable(options.maximumConnections ?? defaultTableSize),
    addresses: createRecencyTable(options.maximumAddresses ?? defaultTableSize),
    gaps: createIdleTimes(timeouts),
    missed: createIdleTimes(timeouts),
    usefulSeconds: Math.max(missedWithinSeconds, longest),
    // Doubles from the start, or the first line would change the layout of the object.
    request: {
      key: 0.5,
      start: 0.5,
      end: 0.5,
      startTick: 0,
      endTick: 0,
      begins: false,
      continues: false,
      stays: false,
    },
    firstSeconds: undefined,
    latest: Number.NEGATIVE_INFINITY,
    lateInARow: 0,
    requests: 0,
    connections: 0,
    reusedRequests: 0,
    overlappingRequests: 0,
    changedAddress: 0,
    tails: 0,
    busySeconds: 0,
    quirks: {
      linesWithoutConnection: 0,
      linesWithoutTime: 0,
      linesWithoutDuration: 0,
      multiplexedRequests: 0,
      wholeSecondLines: 0,
      lateLines: 0,
      clockJumps: 0,
      holeSeconds: 0,
    },
  };
}

function withToday(timeouts: readonly number[], today: number | undefined): readonly number[] {
  const all = today === undefined ? timeouts : [...timeouts, today];
  return [...new Set(all)].toSorted((a, b) => a - b);
}
