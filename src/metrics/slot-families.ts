import type { SlotFigures } from '../snapshot/slots.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { figuresOf, known, labelsOf, targetLabels } from './target-samples.ts';

/** The slot model: docs/slot-model.md says what each state means on each server. */
export const slotFamilies: readonly Family<TargetView>[] = [
  family({
    name: 'webserver_slots',
    type: 'gauge',
    help: 'Slots by state; the states of one kind sum to webserver_slots_limit. The fetch itself is one of them.',
    labels: [...targetLabels, 'kind', 'state'],
    source:
      'mod_status Scoreboard, ConnsTotal, ConnsAsync*; stub_status Reading, Writing, Waiting.',
    samples: (view: TargetView) =>
      (figuresOf(view)?.groups ?? []).flatMap(({ kind, counts }) =>
        [...counts].map(([state, value]) => ({
          labels: { ...labelsOf(view), kind, state },
          value,
        })),
      ),
  }),
  family({
    name: 'webserver_slots_limit',
    type: 'gauge',
    help: 'Slots there are; absent when it is not known. The source says where it was learned.',
    labels: [...targetLabels, 'kind', 'source'],
    source:
      'Length of the scoreboard; capacity.* of the configuration; nginx.conf; event: computed from idle workers.',
    samples: (view: TargetView) =>
      (figuresOf(view)?.groups ?? []).flatMap(({ kind, limit }) =>
        limit === undefined
          ? []
          : [{ labels: { ...labelsOf(view), kind, source: limit.source }, value: limit.value }],
      ),
  }),
  ratioFamily({
    name: 'webserver_keepalive_slot_occupancy_ratio',
    help: 'Share of slots held by idle keep-alive clients, of the kind of slot that keep-alive costs.',
    source: 'webserver_slots{state="keepalive"} / webserver_slots_limit.',
    read: ({ keepaliveOccupancy }) => keepaliveOccupancy,
  }),
  ratioFamily({
    name: 'webserver_worker_saturation_ratio',
    help: 'Share of slots that can take no new visitor and are not given up for one.',
    source:
      'Apache: all but idle and open / limit of workers; nginx: (active - waiting) / limit of connections.',
    read: ({ workerSaturation }) => workerSaturation,
  }),
  ratioFamily({
    name: 'webserver_connection_occupancy_ratio',
    help: 'Share of the connection limit that is open, idle keep-alive connections included.',
    source: 'Apache event: ConnsTotal / limit; nginx: Active connections / limit.',
    read: ({ connectionOccupancy }) => connectionOccupancy,
  }),
];

interface RatioRow {
  readonly name: string;
  readonly help: string;
  readonly source: string;
  readonly read: (figures: SlotFigures) => number | undefined;
}

function ratioFamily({ read, ...row }: RatioRow): Family<TargetView> {
  return family({
    ...row,
    type: 'gauge',
    labels: targetLabels,
    samples: (view: TargetView) => {
      const figures = figuresOf(view);
      return known(labelsOf(view), figures === undefined ? undefined : read(figures));
    },
  });
}
