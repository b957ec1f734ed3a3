import {
  type SlotFigures,
  type SlotState,
  type SlotsSource,
  slotsSources,
} from '../snapshot/slots.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { figuresOf, known, labelsOf, targetLabels } from './target-samples.ts';

/** The slot model: docs/slot-model.md says what each state means on each server. */
export const slotFamilies: readonly Family<TargetView>[] = [
  family({
    name: 'webserver_slots',
    type: 'gauge',
    help: 'Slots by state; the states of one kind sum to webserver_slots_limit. The poll itself is one of them. While the status page is silent, from the kernel.',
    labels: [...targetLabels, 'kind', 'state'],
    source:
      'mod_status Scoreboard, ConnsTotal, ConnsAsync*; stub_status Active, Reading, Waiting; while the page is silent, and for connections of event, ss.',
    samples: (view: TargetView) =>
      (figuresOf(view)?.groups ?? []).flatMap(({ kind, counts }) =>
        [...counts].map(([state, value]) => ({
          labels: { ...labelsOf(view), kind, state },
          value,
        })),
      ),
  }),
  family({
    name: 'webserver_slots_source',
    type: 'gauge',
    help: 'Where the slot figures come from: 1 for the status page, the observation lane or the kernel, for two of them where workers and connections of Apache event differ; all 0 when nothing tells.',
    labels: [...targetLabels, 'source'],
    source: 'The poll: docs/slot-model.md.',
    samples: (view: TargetView) =>
      slotsSources.map((source) => ({
        labels: { ...labelsOf(view), source },
        value: Number(isSource(view, source)),
      })),
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
  family({
    name: 'webserver_visitor_slots',
    type: 'gauge',
    help: 'Slots visitors hold: neither free nor starting, and without the one slot the exporter itself is asking on.',
    labels: [...targetLabels, 'kind'],
    source:
      'webserver_slots without idle, open, starting, cleanup and free, minus 1 (the status request itself).',
    samples: (view: TargetView) =>
      (figuresOf(view)?.groups ?? []).map(({ kind, counts, fromKernel }) => ({
        labels: { ...labelsOf(view), kind },
        value: Math.max(0, heldSlots(counts) - ownSlots(view, fromKernel)),
      })),
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
    source: 'Apache event: ConnsTotal or ss / limit; nginx: Active connections / limit.',
    read: ({ connectionOccupancy }) => connectionOccupancy,
  }),
];

function isSource({ slotsSource, figures }: TargetView, source: SlotsSource): boolean {
  if (slotsSource === source) return true;
  return source === 'kernel' && figures?.groups.some(({ fromKernel }) => fromKernel) === true;
}

/** The poll's own connection has ended when the kernel is read, unless it is the observation lane's. */
function ownSlots({ slotsSource }: TargetView, fromKernel = false): number {
  return slotsSource === 'kernel' || (fromKernel && slotsSource !== 'lane') ? 0 : 1;
}

const visitorless: ReadonlySet<SlotState> = new Set([
  'idle',
  'open',
  'starting',
  'cleanup',
  'free',
  'unknown',
]);

function heldSlots(counts: ReadonlyMap<SlotState, number>): number {
  let held = 0;
  for (const [state, count] of counts) if (!visitorless.has(state)) held += count;
  return held;
}

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
