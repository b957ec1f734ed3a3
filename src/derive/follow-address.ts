import { type GapTracker, missedWithinSeconds, usefulSeconds } from './gap-state.ts';
import { addIdleTime } from './idle-classes.ts';
import { addEntry, findEntry, touchEntry } from './recency-table.ts';

/** Flag of an entry: its last response left a connection open, which a longer timeout would have kept. */
const leftOpen = 1;

interface AddressRequest {
  readonly start: number;
  readonly end: number;
  /** On a new connection. */
  readonly begins: boolean;
  /** The connection stays open after the response. */
  readonly stays: boolean;
}

/** Counts a new connection as missed reuse when the address had an idle one shortly before. */
export function keepAddress(
  tracker: GapTracker,
  address: number,
  { start, end, begins, stays }: AddressRequest,
): void {
  const table = tracker.addresses;
  const found = findEntry(table, address);
  if (found !== -1 && begins && table.flags[found] === leftOpen) {
    const idle = start - (table.times[found] as number);
    // Not above 0: the address is at work on another connection, and wants several at once.
    if (idle > 0 && idle <= missedWithinSeconds) addIdleTime(tracker.missed, idle);
  }
  const uselessBefore = tracker.latest - usefulSeconds(tracker);
  const entry = found === -1 ? addEntry(table, address, { time: end, uselessBefore }) : found;
  touchEntry(table, entry, Math.max(end, table.times[entry] as number));
  table.flags[entry] = stays ? leftOpen : 0;
  if (begins) table.counts[entry] = (table.counts[entry] as number) + 1;
}

const handful = 5;

/** Share of all connections that the busiest few addresses made, as far as the table remembers them. */
export function shareOfBusiest({ addresses, connections }: GapTracker): number {
  if (connections === 0) return 0;
  const busiest = addresses.counts.slice(0, addresses.size).sort().slice(-handful);
  return busiest.reduce((sum, count) => sum + count, 0) / connections;
}
