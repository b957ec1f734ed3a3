import { type SlotState, type SlotsSource, slotsSources } from '../snapshot/slots.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { figures, ofTarget } from './figures.ts';
import { labelsOf, targetLabels } from './target-samples.ts';

const ratio = figures(ofTarget((view: TargetView) => view.figures));

/** The slot model: docs/slot-model.md explains each state on each server. */
export const slotFamilies: readonly Family<TargetView>[] = [
  family({
    name: 'webserver_slots',
    type: 'gauge',
    help: 'Slots by state. The states of one kind sum to webserver_slots_limit, and the poll itself holds one slot. If the status page does not answer, the slots come from the kernel.',
    labels: [...targetLabels, 'kind', 'state'],
    source:
      'mod_status Scoreboard, ConnsTotal, ConnsAsync*; stub_status Active, Reading, Waiting; ss for connections of event, and while the status page does not answer.',
    samples: (view: TargetView) =>
      groupsOf(view).flatMap(({ kind, counts }) =>
        [...counts].map(([state, value]) => ({
          labels: { ...labelsOf(view), kind, state },
          value,
        })),
      ),
  }),
  family({
    name: 'webserver_slots_source',
    type: 'gauge',
    help: 'Source of the slot figures: 1 for the status page, the observation lane or the kernel. Two sources are 1 if workers and connections of Apache event have different sources. All are 0 when the slots are unknown.',
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
    help: 'Maximum number of slots. The label source names where the limit comes from. Absent when it is unknown.',
    labels: [...targetLabels, 'kind', 'source'],
    source:
      'Length of the scoreboard; capacity.* of the configuration; nginx.conf; event: computed from idle workers.',
    samples: (view: TargetView) =>
      groupsOf(view).flatMap(({ kind, limit }) =>
        limit === undefined
          ? []
          : [{ labels: { ...labelsOf(view), kind, source: limit.source }, value: limit.value }],
      ),
  }),
  family({
    name: 'webserver_visitor_slots',
    type: 'gauge',
    help: 'Slots that visitors hold: neither free nor starting, and without the slot of the poll itself.',
    labels: [...targetLabels, 'kind'],
    source:
      'webserver_slots without idle, open, starting, cleanup, free and unknown, minus 1 (the status request itself).',
    samples: (view: TargetView) =>
      groupsOf(view).map(({ kind, counts, fromKernel }) => ({
        labels: { ...labelsOf(view), kind },
        value: Math.max(0, heldSlots(counts) - ownSlots(view, fromKernel)),
      })),
  }),
  ratio({
    name: 'webserver_keepalive_slot_occupancy_ratio',
    help: 'Idle keep-alive connections divided by the limit of slots, for the kind of slot that an idle connection holds. Absent when the limit is unknown.',
    source: 'webserver_slots{state="keepalive"} / webserver_slots_limit.',
    read: ({ keepaliveOccupancy }) => keepaliveOccupancy,
  }),
  ratio({
    name: 'webserver_worker_saturation_ratio',
    help: 'Slots in use and not reclaimable, divided by the limit of slots. At 1 the server is full. Absent when the limit is unknown.',
    source:
      'Apache: all but idle and open / limit of workers; nginx: (active - waiting) / limit of connections.',
    read: ({ workerSaturation }) => workerSaturation,
  }),
  ratio({
    name: 'webserver_connection_occupancy_ratio',
    help: 'Open connections, idle ones included, divided by the connection limit. Absent when the limit is unknown.',
    source: 'Apache event: ConnsTotal or ss / limit; nginx: Active connections / limit.',
    read: ({ connectionOccupancy }) => connectionOccupancy,
  }),
];

function groupsOf(view: TargetView) {
  return view.figures?.groups ?? [];
}

function isSource(view: TargetView, source: SlotsSource): boolean {
  if (view.slotsSource === source) return true;
  return source === 'kernel' && groupsOf(view).some(({ fromKernel }) => fromKernel === true);
}

/** When the kernel is read, the connection of the poll has already ended, unless it is the observation lane. */
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
