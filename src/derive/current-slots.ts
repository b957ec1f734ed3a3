import type { ActivityCounts } from '../snapshot/connections.ts';
import type { HostFigures } from '../snapshot/host.ts';
import type {
  Capacity,
  KeepaliveModel,
  SlotFigures,
  SlotGroup,
  SlotKind,
  SlotState,
  SlotsSource,
} from '../snapshot/slots.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import type { ObservationOutcome } from '../snapshot/target-view.ts';
import { withKernelConnections } from './event-from-kernel.ts';
import { share, withKnownRatios } from './ratio.ts';

export interface SlotKnowledge {
  readonly server: ServerKind;
  readonly outcome: ObservationOutcome;
  /** Of the last poll that was answered. */
  readonly before?: SlotFigures;
  readonly capacity: Capacity;
  /** As recent as the poll, or newer. */
  readonly connections?: HostFigures['connections'];
  readonly exhausted?: boolean;
  readonly viaLane: boolean;
}

export interface CurrentSlots {
  readonly figures: SlotFigures;
  readonly source: SlotsSource;
}

/**
 * The slots now. When the poll was answered they come from the status page, except the connections of event, which come
 * from the kernel. Otherwise all of them come from the kernel. Undefined without evidence, and when the server refuses
 * connections and so has no slots. An exhausted server has a saturation of 1 by definition.
 */
export function deriveCurrentSlots(knowledge: SlotKnowledge): CurrentSlots | undefined {
  const { outcome, exhausted, viaLane } = knowledge;
  if (outcome.kind === 'answered') {
    const { connections } = knowledge;
    const seen =
      connections === undefined
        ? outcome.figures
        : withKernelConnections(outcome.figures, connections.counts);
    const figures = exhausted ? { ...seen, workerSaturation: 1 } : seen;
    return { figures, source: viaLane ? 'lane' : 'status' };
  }
  if (!hasNoAnswer(outcome.failure.result)) return undefined;
  const figures = slotsFromKernel(knowledge);
  return figures === undefined ? undefined : { figures, source: 'kernel' };
}

function hasNoAnswer(result: string): boolean {
  return ['response_timeout', 'connect_timeout', 'empty_reply', 'reset'].includes(result);
}

/** docs/slot-model.md has a table of what each source shows, and with which error. */
function slotsFromKernel(knowledge: SlotKnowledge): SlotFigures | undefined {
  const { server, before, capacity, connections, exhausted } = knowledge;
  if (connections === undefined) return undefined;
  const model = server === 'nginx' ? 'reclaimable' : before?.keepaliveModel;
  if (model === undefined) return undefined;
  const { counts } = connections;
  const workers = limitOf('worker', before, capacity);
  const groups =
    model === 'reclaimable'
      ? [nginxConnections(counts, limitOf('connection', before, capacity))]
      : model === 'async'
        ? [eventWorkers(counts, workers), eventConnections(counts, workers)]
        : [blockedWorkers(counts, workers)];
  const costly = groups.at(-1);
  return withKnownRatios(
    {
      keepaliveModel: model,
      groups: exhausted === true ? groups.map((group) => withNothingFree(group, model)) : groups,
    },
    {
      keepaliveOccupancy: share(costly?.counts.get('keepalive'), costly?.limit?.value),
      workerSaturation: exhausted === true ? 1 : saturationOf(groups[0]),
      connectionOccupancy:
        model === 'blocking' ? undefined : share(heldOf(counts), costly?.limit?.value),
    },
  );
}

/**
 * The workers of event are left as they are: a process with too many connections accepts no more although it has an
 * idle worker.
 */
function withNothingFree(group: SlotGroup, model: KeepaliveModel): SlotGroup {
  if (group.kind === 'worker' && model === 'async') return group;
  const free = group.kind === 'worker' ? 'idle' : 'free';
  return { ...group, counts: new Map(group.counts).set(free, 0) };
}

/** Each accepted connection occupies a worker. */
function blockedWorkers(counts: ActivityCounts, limit: SlotGroup['limit']): SlotGroup {
  return fill('worker', limit, [
    ['keepalive', counts.idle],
    ['active', counts.active],
    ['writing', counts.sending],
    ['reading', counts.silent],
    ['closing', counts.closing],
  ]);
}

/** Idle, sending and closing connections wait in the listener's queues and hold no worker. */
function eventWorkers(counts: ActivityCounts, limit: SlotGroup['limit']): SlotGroup {
  const maximum = limit?.value ?? Number.POSITIVE_INFINITY;
  const active = Math.min(counts.active, maximum);
  return fill('worker', limit, [
    ['active', active],
    ['reading', Math.min(counts.silent, maximum - active)],
  ]);
}

/**
 * A server whose workers are all busy accepts no more connections than it has threads; those already open may be more.
 */
function eventConnections(counts: ActivityCounts, workers: SlotGroup['limit']): SlotGroup {
  const limit =
    workers === undefined
      ? undefined
      : { value: Math.max(workers.value, heldOf(counts)), source: 'computed' as const };
  return fill('connection', limit, [
    ['working', counts.active + counts.silent],
    ['keepalive', counts.idle],
    ['writing_async', counts.sending],
    ['closing', counts.closing],
  ]);
}

/** nginx counts a connection that has sent nothing yet as waiting. Its upstream connections are not visible here. */
function nginxConnections(counts: ActivityCounts, limit: SlotGroup['limit']): SlotGroup {
  return fill('connection', limit, [
    ['keepalive', counts.idle + counts.silent],
    ['active', counts.active],
    ['writing', counts.sending],
    ['closing', counts.closing],
  ]);
}

/** `unknown` is the rest: idle slots, slots between two connections, upstream connections. */
function fill(
  kind: SlotKind,
  limit: SlotGroup['limit'],
  held: readonly (readonly [SlotState, number])[],
): SlotGroup {
  const counts = new Map<SlotState, number>(held);
  if (limit === undefined) return { kind, counts, fromKernel: true };
  const taken = held.reduce((sum, [, count]) => sum + count, 0);
  const value = Math.max(limit.value, taken);
  counts.set('unknown', value - taken);
  return { kind, limit: { ...limit, value }, counts, fromKernel: true };
}

/** The limit at the last answer, else the configured one. */
function limitOf(
  kind: SlotKind,
  before: SlotFigures | undefined,
  { slots, slotsSource = 'override' }: Capacity,
): SlotGroup['limit'] {
  const known = before?.groups.find((group) => group.kind === kind)?.limit;
  if (known !== undefined) return known;
  return slots === undefined ? undefined : { value: slots, source: slotsSource };
}

/** A slot without a connection may be free, so this is a lower bound. */
function saturationOf(group: SlotGroup | undefined): number | undefined {
  const limit = group?.limit?.value;
  if (group === undefined || limit === undefined) return undefined;
  const reclaimable = group.kind === 'connection' ? (group.counts.get('keepalive') ?? 0) : 0;
  return share(limit - (group.counts.get('unknown') ?? 0) - reclaimable, limit);
}

function heldOf({ silent, active, sending, idle, closing }: ActivityCounts): number {
  return silent + active + sending + idle + closing;
}
