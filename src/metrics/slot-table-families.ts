import type { SlotHolders } from '../snapshot/slot-table.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { known, labelsOf, targetLabels } from './target-samples.ts';

/** Who holds slots, in figures: addresses never become labels. */
export const slotTableFamilies: readonly Family<TargetView>[] = [
  figure({
    name: 'webserver_slot_oldest_keepalive_seconds',
    help: 'How long the idle keep-alive client that waits longest has been idle.',
    source: 'HTML status page, column SS of slots in state K; needs ExtendedStatus On.',
    read: ({ oldestKeepaliveSeconds }) => oldestKeepaliveSeconds,
  }),
  figure({
    name: 'webserver_slot_top_client_slots',
    help: 'Most slots one client address holds: slow-header attacks, crawlers, a proxy without real addresses.',
    source: 'HTML status page, column Client; needs ExtendedStatus On.',
    read: ({ topClientSlots }) => topClientSlots,
  }),
  figure({
    name: 'webserver_slot_clients',
    help: 'Client addresses that hold a slot.',
    source: 'HTML status page, column Client; needs ExtendedStatus On.',
    read: ({ clients }) => clients,
  }),
];

interface FigureRow {
  readonly name: string;
  readonly help: string;
  readonly source: string;
  readonly read: (holders: SlotHolders) => number | undefined;
}

function figure({ read, ...row }: FigureRow): Family<TargetView> {
  return family({
    ...row,
    type: 'gauge',
    labels: targetLabels,
    samples: (view: TargetView) =>
      known(labelsOf(view), view.holders === undefined ? undefined : read(view.holders)),
  });
}
