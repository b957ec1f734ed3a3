import { ABSENT } from '../snapshot/log-record.ts';
import { type GapTracker, missedWithinSeconds } from './gap-state.ts';
import { addIdleTime } from './idle-classes.ts';
import { addEntry, findEntry, touchEntry } from './recency-table.ts';

/** Flag of an entry: its last response left a connection open, so a longer timeout would have kept it. */
const leftOpen = 1;

/** Counts a new connection as missed reuse when the address had an idle one shortly before. */
export function keepAddress(tracker: GapTracker, address: number): void {
  if (address === ABSENT) return;
  const { request, addresses: table } = tracker;
  const found = findEntry(table, address);
  if (found !== -1 && request.begins && table.flags[found] === leftOpen) {
    const idle = request.start - (table.times[found] as number);
    // At 0 or below, another connection of the address is still busy: it needs several at once.
    if (idle > 0 && idle <= missedWithinSeconds) addIdleTime(tracker.missed, idle);
  }
  const entry =
    found === -1 ? addEntry(table, address, tracker.latest - tracker.usefulSeconds) : found;
  touchEntry(table, entry, Math.max(request.end, table.times[entry] as number));
  table.flags[entry] = request.stays ? leftOpen : 0;
  if (request.begins) table.counts[entry] = (table.counts[entry] as number) + 1;
}

const handful = 5;

/** Share of all connections that the busiest addresses opened, as far as they are in the table. */
export function shareOfBusiest({ addresses, connections }: GapTracker): number {
  if (connections === 0) return 0;
  const busiest = addresses.counts.slice(0, addresses.size).sort().slice(-handful);
  return busiest.reduce((sum, count) => sum + count, 0) / connections;
}
