import type { SlotHolder, SlotHolders, SlotRow, SlotTable } from '../snapshot/slot-table.ts';

/** Rows the page shows; a flood comes from few addresses. */
const mostShown = 10;

/** States in which the row's client is the one that holds the slot now. */
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
 * Who holds the slots. In an idle slot the table goes on naming the last client, who holds nothing any more.
 *
 * @param maskClients show networks instead of addresses; figures count addresses all the same
 */
export function deriveSlotHolders(table: SlotTable, maskClients: boolean): SlotHolders {
  const held = withoutOwnRequest(table.slots.filter(({ state }) => heldStates.has(state)));
  const byClient = new Map<string, readonly SlotRow[]>();
  for (const row of held) {
    if (row.client === undefined) continue;
    byClient.set(row.client, [...(byClient.get(row.client) ?? []), row]);
  }
  const holders = [...byClient].map(([client, rows]) => holder(client, rows)).toSorted(mostFirst);
  const oldest = oldestKeepalive(held);
  return {
    ...(oldest === undefined ? {} : { oldestKeepaliveSeconds: oldest }),
    ...(table.layout === 'extended'
      ? { topClientSlots: holders[0]?.slots ?? 0, clients: byClient.size }
      : {}),
    top: holders
      .slice(0, mostShown)
      .map((shown) => (maskClients ? { ...shown, client: maskAddress(shown.client) } : shown)),
  };
}

/**
 * The request for the table is in the table, as one that has just begun. One such row is left out: a client that holds a
 * slot for longer is counted in any case, and what a request says decides nothing.
 */
function withoutOwnRequest(rows: readonly SlotRow[]): readonly SlotRow[] {
  const own = rows.find(
    ({ state, secondsSinceRequest }) => state === 'writing' && secondsSinceRequest === 0,
  );
  return own === undefined ? rows : rows.filter((row) => row !== own);
}

function holder(client: string, rows: readonly SlotRow[]): SlotHolder {
  const oldest = oldestKeepalive(rows);
  return {
    client,
    slots: rows.length,
    ...(oldest === undefined ? {} : { oldestIdleSeconds: oldest }),
  };
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

/** `203.0.113.x` and `2001:db8:1:x`: enough to recognise a network, not a person. A name keeps its last two parts. */
export function maskAddress(client: string): string {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(client)) return client.replace(/\d+$/, 'x');
  if (client.includes(':')) return `${client.split(':').slice(0, 3).join(':')}:x`;
  return `x.${client.split('.').slice(-2).join('.')}`;
}
