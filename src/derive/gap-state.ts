import { createIdleTimes, type IdleTimes } from './idle-classes.ts';
import { createRecencyTable, type RecencyTable } from './recency-table.ts';
import { createTimeline, type SlotTimeline } from './timeline-state.ts';

/** Timeouts in seconds for which loads are computed; 0 means keep-alive off. */
export const candidateTimeouts = [0, 0.5, 1, 1.5, 2, 3, 5, 7, 10, 15, 30, 60, 75, 120] as const;

export interface GapTrackerOptions {
  /** The timeout in force while the log is written; unknown above longestTimeoutSeconds. */
  readonly todaySeconds?: number;
  readonly timeouts?: readonly number[];
  /** Resolution of moments; timeouts are rounded to it where moments are counted. */
  readonly tickSeconds?: number;
  /** Maximum of entries of each table: powers of two. */
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
  /** Maximum idle time after which a connection may still carry a request. */
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
 * The request of the current line, in Unix time. The object is reused for all lines, as the record is: a new object for
 * each line would keep the garbage collector busy for a fifth of the time.
 */
export interface CurrentRequest {
  /** Key of its connection. */
  key: number;
  start: number;
  end: number;
  /** The ticks of start and end on the timeline. */
  startTick: number;
  endTick: number;
  /** Its connection is new. */
  begins: boolean;
  /** Its connection is in the table. */
  continues: boolean;
  /** The connection stays open after the response. */
  stays: boolean;
}

/** LogQuirks explains each. */
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

/** Maximum for a timeout: moments of a longer one would cost memory, and clients do not wait that long. */
export const longestTimeoutSeconds = 3600;
/** How long an address is remembered after its last response. */
export const missedWithinSeconds = 300;
/** Longer than any request except downloads and sockets that stay open, whose beginning is cut off. */
const lagSeconds = 600;
const defaultTableSize = 65_536;

export function createGapTracker(options: GapTrackerOptions = {}): GapTracker {
  const { tickSeconds = 0.125 } = options;
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
