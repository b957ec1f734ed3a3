import { createIdleTimes, type IdleTimes } from './idle-classes.ts';
import { createRecencyTable, type RecencyTable } from './recency-table.ts';
import { createTimeline, type SlotTimeline } from './slot-timeline.ts';

/** Timeouts in seconds of which the loads are worked out; 0 is keep-alive off. */
export const candidateTimeouts = [0, 0.5, 1, 2, 3, 5, 7, 10, 15, 30, 60, 75, 120] as const;

export interface GapTrackerOptions {
  /** The timeout in force while the log is written. */
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

/** How long after its last response an address is remembered. */
export const missedWithinSeconds = 300;
/** Longer than any request but downloads and sockets kept open, whose beginning is then cut off. */
const lagSeconds = 600;
const defaultTableSize = 65_536;

export function createGapTracker(options: GapTrackerOptions = {}): GapTracker {
  const { todaySeconds, tickSeconds = 0.5 } = options;
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

/** How long a connection may have been idle and still carry a request. */
export function usefulSeconds({ timeouts }: GapTracker): number {
  return Math.max(missedWithinSeconds, timeouts.at(-1) ?? 0);
}
