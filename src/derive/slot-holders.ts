import { present } from '../present.ts';
import type { SlotHolder, SlotHolders, SlotRow, SlotTable } from '../snapshot/slot-table.ts';

/** Rows on the page; a flood comes from few addresses. */
const maximumShown = 10;

/** States in which the client of the row holds the slot now. */
const heldStates: ReadonlySet<SlotRow['state']> = new Set([
  'reading',
  'writing',
  'keepalive',
  'closing',
  'logging',
  'graceful',
  'dns',
]);

/**
 * The clients that hold the slots. An idle slot still shows its last client, which holds nothing any more.
 *
 * @param maskClients show networks instead of addresses; the figures still count addresses
 */
export function deriveSlotHolders(table: SlotTable, maskClients: boolean): SlotHolders {
  const held = withoutOwnRequest(table.slots.filter(({ state }) => heldStates.has(state)));
  const byClient = new Map<string, readonly SlotRow[]>();
  for (const row of held) {
    if (row.client === undefined) continue;
    byClient.set(row.client, [...(byClient.get(row.client) ?? []), row]);
  }
  const holders = [...byClient].map(([client, rows]) => holder(client, rows)).toSorted(mostFirst);
  return {
    ...present({ oldestKeepaliveSeconds: oldestKeepalive(held) }),
    ...(table.layout === 'extended'
      ? { topClientSlots: holders[0]?.slots ?? 0, clients: byClient.size }
      : {}),
    top: holders
      .slice(0, maximumShown)
      .map((shown) => (maskClients ? { ...shown, client: maskAddress(shown.client) } : shown)),
  };
}

/**
 * The request for the table is itself in the table, as one that has just begun. One such row is left out. A client that
 * holds a slot for longer still counts.
 */
function withoutOwnRequest(rows: readonly SlotRow[]): readonly SlotRow[] {
  const own = rows.find(
    ({ state, secondsSinceRequest }) => state === 'writing' && secondsSinceRequest === 0,
  );
  return own === undefined ? rows : rows.filter((row) => row !== own);
}

function holder(client: string, rows: readonly SlotRow[]): SlotHolder {
  return present({ client, slots: rows.length, oldestIdleSeconds: oldestKeepalive(rows) });
}

function oldestKeepalive(rows: readonly SlotRow[]): number | undefined {
  const ages = rows.flatMap(({ state, secondsSinceRequest }) =>
    state === 'keepalive' && secondsSinceRequest !== undefined ? [secondsSinceRequest] : [],
  );
  return ages.length === 0 ? undefined : Math.max(...ages);
}

function mostFirst(a: SlotHolder, b: SlotHolder): number {
  return b.slots - a.slots || (b.oldestIdleSeconds ?? 0) - (a.oldestIdleSeconds ?? 0);
}

/** `203.0.113.x` and `2001:db8:1:x` identify a network, not a person. A host name keeps its last two parts. */
export function maskAddress(client: string): string {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(client)) return client.replace(/\d+$/, 'x');
  if (client.includes(':')) return `${client.split(':').slice(0, 3).join(':')}:x`;
  return `x.${client.split('.').slice(-2).join('.')}`;
}
