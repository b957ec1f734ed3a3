import type { TargetView } from '../snapshot/target-view.ts';
import type { Family } from './family.ts';
import { figures, ofTarget } from './figures.ts';

const figure = figures(ofTarget(({ holders }: TargetView) => holders));

/** The clients that hold slots, as figures: addresses never become labels. */
export const slotTableFamilies: readonly Family<TargetView>[] = [
  figure({
    name: 'webserver_slot_oldest_keepalive_seconds',
    help: 'Longest idle time among the idle keep-alive clients. Absent when no client is idle.',
    source: 'HTML status page, column SS of slots in state K; needs ExtendedStatus On.',
    read: ({ oldestKeepaliveSeconds }) => oldestKeepaliveSeconds,
  }),
  figure({
    name: 'webserver_slot_top_client_slots',
    help: 'Slots held by the client address that holds the most. A high value suggests a slow-header attack, a crawler, or a proxy that hides the real addresses.',
    source: 'HTML status page, column Client; needs ExtendedStatus On.',
    read: ({ topClientSlots }) => topClientSlots,
  }),
  figure({
    name: 'webserver_slot_clients',
    help: 'Number of client addresses that hold a slot.',
    source: 'HTML status page, column Client; needs ExtendedStatus On.',
    read: ({ clients }) => clients,
  }),
];
