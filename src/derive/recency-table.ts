const none = -1;
const smallest = 1024;
/** Of one entry: three columns of doubles, three links, a count, a tick, a flag, and two positions in the index. */
export const bytesPerEntry = 3 * 8 + 3 * 4 + 2 * 4 + 1 + 2 * 4;

/**
 * A table of bounded size with keys of up to 53 bits, which knows its least recently used entry. Its columns are flat
 * arrays: objects in a Map would need five times the memory and keep the garbage collector busy.
 */
export interface RecencyTable {
  readonly maximum: number;
  keys: Float64Array;
  /** When the entry was last touched. */
  times: Float64Array;
  /** The following columns are for the owner of the table. */
  others: Float64Array;
  counts: Int32Array;
  ticks: Int32Array;
  flags: Uint8Array;
  older: Int32Array;
  newer: Int32Array;
  /** The next entry at the same position of the index. */
  chained: Int32Array;
  index: Int32Array;
  size: number;
  oldest: number;
  newest: number;
  /** Entries dropped while they were still useful. */
  evicted: number;
}

/** @param maximum number of entries: a power of two */
export function createRecencyTable(maximum: number): RecencyTable {
  const table = {
    maximum,
    ...columnsOf(1),
    index: new Int32Array(),
    size: 0,
    oldest: none,
    newest: none,
    evicted: 0,
  };
  // Replaced at once, so that the engine does not optimize for columns that never change.
  replaceColumns(table, columnsOf(Math.min(smallest, maximum)));
  return table;
}

/** The entry with that key, or -1. */
export function findEntry(table: RecencyTable, key: number): number {
  const { keys, chained, index } = table;
  let entry = index[placeOf(table, key)] as number;
  while (entry !== none && keys[entry] !== key) entry = chained[entry] as number;
  return entry;
}

/** Makes the entry the newest. */
export function touchEntry(table: RecencyTable, entry: number, time: number): void {
  table.times[entry] = time;
  if (table.newest === entry) return;
  unlink(table, entry);
  append(table, entry);
}

/**
 * A blank entry for a new key, to be touched at once. A full table reuses its least recently used entry, which counts
 * as evicted unless it was touched before `uselessBefore`.
 */
export function addEntry(table: RecencyTable, key: number, uselessBefore: number): number {
  const entry = freeEntry(table, uselessBefore);
  const place = placeOf(table, key);
  table.keys[entry] = key;
  table.times[entry] = 0;
  table.others[entry] = 0;
  table.counts[entry] = 0;
  table.flags[entry] = 0;
  table.chained[entry] = table.index[place] as number;
  table.index[place] = entry;
  append(table, entry);
  return entry;
}

/** Drops all entries; they do not count as evicted. */
export function clearTable(table: RecencyTable): void {
  table.index.fill(none);
  table.size = 0;
  table.oldest = none;
  table.newest = none;
}

export function tableBytes(table: RecencyTable): number {
  return table.keys.length * bytesPerEntry;
}

function freeEntry(table: RecencyTable, uselessBefore: number): number {
  const room = table.keys.length;
  const { oldest } = table;
  const useless = oldest !== none && (table.times[oldest] as number) < uselessBefore;
  if (!useless && table.size < room) return table.size++;
  if (!useless && room < table.maximum) {
    grow(table);
    return table.size++;
  }
  if (!useless) table.evicted++;
  unchain(table, oldest);
  unlink(table, oldest);
  return oldest;
}

/** Keys are hashes or consecutive numbers, so their lowest bits are well distributed. */
function placeOf(table: RecencyTable, key: number): number {
  return (key | 0) & (table.index.length - 1);
}

function unchain(table: RecencyTable, entry: number): void {
  const { chained, index } = table;
  const place = placeOf(table, table.keys[entry] as number);
  const after = chained[entry] as number;
  if (index[place] === entry) {
    index[place] = after;
    return;
  }
  let at = index[place] as number;
  while (chained[at] !== entry) at = chained[at] as number;
  chained[at] = after;
}

function unlink(table: RecencyTable, entry: number): void {
  const before = table.older[entry] as number;
  const after = table.newer[entry] as number;
  if (before === none) table.oldest = after;
  else table.newer[before] = after;
  if (after === none) table.newest = before;
  else table.older[after] = before;
}

function append(table: RecencyTable, entry: number): void {
  table.older[entry] = table.newest;
  table.newer[entry] = none;
  if (table.newest === none) table.oldest = entry;
  else table.newer[table.newest] = entry;
  table.newest = entry;
}

function grow(table: RecencyTable): void {
  const columns = columnsOf(table.keys.length * 2);
  columns.keys.set(table.keys);
  columns.times.set(table.times);
  columns.others.set(table.others);
  columns.counts.set(table.counts);
  columns.ticks.set(table.ticks);
  columns.flags.set(table.flags);
  columns.older.set(table.older);
  columns.newer.set(table.newer);
  replaceColumns(table, columns);
}

function replaceColumns(table: RecencyTable, columns: Columns): void {
  Object.assign(table, columns, { index: new Int32Array(columns.keys.length * 2).fill(none) });
  for (let entry = 0; entry < table.size; entry++) {
    const place = placeOf(table, table.keys[entry] as number);
    table.chained[entry] = table.index[place] as number;
    table.index[place] = entry;
  }
}

type Columns = ReturnType<typeof columnsOf>;

function columnsOf(room: number) {
  return {
    keys: new Float64Array(room),
    times: new Float64Array(room),
    others: new Float64Array(room),
    counts: new Int32Array(room),
    ticks: new Int32Array(room),
    flags: new Uint8Array(room),
    older: new Int32Array(room),
    newer: new Int32Array(room),
    chained: new Int32Array(room),
  };
}
