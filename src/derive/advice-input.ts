import type { AdvisedServer } from '../snapshot/advice.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';
import type { MemoryRoom } from '../snapshot/memory.ts';
import type { SampleCounters } from '../snapshot/samples.ts';
import type { SlotGroup } from '../snapshot/slots.ts';
import type { ObservationOutcome, TargetIdentity, TargetView } from '../snapshot/target-view.ts';
import type { AdviceOptions } from './advise-keepalive.ts';
import { ratioBounds } from './ratio-histogram.ts';

/** A target as it is seen now; of one without a status page only the name and the kind of server. */
export interface AdviceSubject
  extends Partial<Pick<TargetView, 'figures' | 'host' | 'counters' | 'config'>> {
  readonly observation: {
    readonly target: TargetIdentity;
    readonly outcome?: ObservationOutcome;
  };
}

/** What the configuration and the machine say besides the target's view. */
export interface AdviceSurroundings {
  /** As configured, for when the status page does not tell them. */
  readonly slots?: number;
  readonly threadsPerChild?: number;
  readonly asyncFactor?: number;
  /** Samples from before connections were followed, when another timeout was in force. */
  readonly sampledBefore?: SampledSlots;
  /** Memory that more workers could take, and which limit ends it. */
  readonly availableBytes?: number;
  readonly limitedBy?: MemoryRoom['limitedBy'];
}

export type SampledSlots = SampleCounters['keepaliveSlots'];

/** Fewer samples of keep-alive slots are no mean: ten minutes at one a second. */
const leastSamples = 600;

/** The advice's figures from what is measured of a target; those that are not known are absent. */
export function adviceInput(
  view: AdviceSubject,
  summary: GapSummary,
  { sampledBefore, ...surroundings }: AdviceSurroundings,
): AdviceOptions {
  const { sum, count } = sampledSince(view, sampledBefore);
  const workers = groupOf(view, 'worker');
  const slots = (workers ?? groupOf(view, 'connection'))?.limit?.value;
  const workerBytes = memoryOfSlot(view, workers);
  // Samples from before another timeout came into force do not tell how full the server is with this one.
  const fullSampleShare = sampledBefore === undefined ? fullShareOf(view) : undefined;
  return {
    summary,
    server: serverOf(view, surroundings.asyncFactor),
    ...(count < leastSamples ? {} : { meanIdleSlots: sum / count }),
    ...(workerBytes === undefined ? {} : { workerBytes }),
    ...(fullSampleShare === undefined ? {} : { fullSampleShare }),
    ...surroundings,
    ...(slots === undefined ? {} : { slots }),
  };
}

function sampledSince({ counters }: AdviceSubject, before: SampledSlots | undefined): SampledSlots {
  const { sum, count } = counters?.samples.keepaliveSlots ?? { sum: 0, count: 0 };
  // Sampling begins anew when the configuration of a target changes.
  if (before === undefined || before.count > count) return { sum, count };
  return { sum: sum - before.sum, count: count - before.count };
}

/** Share of the samples with more than 95 % of the slots held. */
function fullShareOf({ counters }: AdviceSubject): number | undefined {
  const { buckets, count } = counters?.samples.saturation ?? { buckets: [], count: 0 };
  const upTo95 = buckets[ratioBounds.indexOf(0.95)];
  return upTo95 === undefined || count < leastSamples ? undefined : 1 - upTo95 / count;
}

const apacheMpms: readonly AdvisedServer[] = ['prefork', 'worker', 'event'];

function serverOf(
  { observation: { target, outcome } }: AdviceSubject,
  asyncFactor: number | undefined,
): AdvisedServer {
  if (target.server === 'nginx') return 'nginx';
  const snapshot = outcome?.kind === 'answered' ? outcome.snapshot : undefined;
  const mpm = snapshot?.kind === 'apache' ? snapshot.serverMpm?.toLowerCase() : undefined;
  // Only event has an AsyncRequestWorkerFactor.
  const configured = asyncFactor === undefined ? 'apache' : 'event';
  return apacheMpms.find((name) => name === mpm) ?? configured;
}

function groupOf({ figures }: AdviceSubject, kind: SlotGroup['kind']): SlotGroup | undefined {
  return figures?.groups.find((group) => group.kind === kind);
}

/** Memory of the workers over the slots that live in them. */
function memoryOfSlot({ host }: AdviceSubject, workers: SlotGroup | undefined): number | undefined {
  if (host?.processes === undefined || workers?.limit === undefined) return undefined;
  const living = workers.limit.value - (workers.counts.get('open') ?? 0);
  return living <= 0 ? undefined : host.processes.workerBytes / living;
}
