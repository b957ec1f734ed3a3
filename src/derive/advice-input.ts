import { present } from '../present.ts';
import type { AdvisedServer } from '../snapshot/advice.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';
import type { MemoryRoom } from '../snapshot/memory.ts';
import type { SampleCounters } from '../snapshot/samples.ts';
import type { SlotGroup } from '../snapshot/slots.ts';
import type { ObservationOutcome, TargetIdentity, TargetView } from '../snapshot/target-view.ts';
import type { AdviceOptions } from './advise-keepalive.ts';
import { countOf, countUpTo } from './histogram.ts';

/** A target as it is now. Without a status page only its name and the kind of server are known. */
export interface AdviceSubject
  extends Partial<Pick<TargetView, 'figures' | 'host' | 'counters' | 'config'>> {
  readonly observation: {
    readonly target: TargetIdentity;
    readonly outcome?: ObservationOutcome;
  };
}

/** What the configuration and the machine add to the view of a target. */
export interface AdviceSurroundings {
  /** As configured; used where the status page does not show it. */
  readonly slots?: number;
  readonly threadsPerChild?: number;
  readonly asyncFactor?: number;
  /** The samples taken before connections were followed, under another timeout. */
  readonly sampledBefore?: SampledSlots;
  /** Memory available to more workers, and which limit applies. */
  readonly availableBytes?: number;
  readonly limitedBy?: MemoryRoom['limitedBy'];
}

export type SampledSlots = SampleCounters['keepaliveSlots'];

/** Samples needed for a mean: ten minutes at one a second. */
const minimumSamples = 600;

/** The input of an advice, from the measurements of a target; unknown figures are absent. */
export function adviceInput(
  view: AdviceSubject,
  summary: GapSummary,
  { sampledBefore, ...surroundings }: AdviceSurroundings,
): AdviceOptions {
  const { sum, count } = sampledSince(view, sampledBefore);
  const workers = groupOf(view, 'worker');
  const slots = (workers ?? groupOf(view, 'connection'))?.limit?.value;
  const workerBytes = memoryOfSlot(view, workers);
  // Samples taken under another timeout do not show how full the server is under this one.
  const fullSampleShare = sampledBefore === undefined ? fullShareOf(view) : undefined;
  return {
    summary,
    server: serverOf(view, surroundings.asyncFactor),
    ...present({
      meanIdleSlots: count < minimumSamples ? undefined : sum / count,
      workerBytes,
      fullSampleShare,
    }),
    ...surroundings,
    ...present({ slots }),
  };
}

function sampledSince({ counters }: AdviceSubject, before: SampledSlots | undefined): SampledSlots {
  const { sum, count } = counters?.samples.keepaliveSlots ?? { sum: 0, count: 0 };
  // Sampling restarts when the configuration of a target changes.
  if (before === undefined || before.count > count) return { sum, count };
  return { sum: sum - before.sum, count: count - before.count };
}

/** Share of the samples with more than 95 % of the slots in use. */
function fullShareOf({ counters }: AdviceSubject): number | undefined {
  const saturation = counters?.samples.saturation;
  if (saturation === undefined || countOf(saturation) < minimumSamples) return undefined;
  const upTo95 = countUpTo(saturation, 0.95);
  return upTo95 === undefined ? undefined : 1 - upTo95 / countOf(saturation);
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

/** Memory of one worker: the memory of all workers, divided by the slots that have a process. */
function memoryOfSlot({ host }: AdviceSubject, workers: SlotGroup | undefined): number | undefined {
  if (host?.processes === undefined || workers?.limit === undefined) return undefined;
  const living = workers.limit.value - (workers.counts.get('open') ?? 0);
  return living <= 0 ? undefined : host.processes.workerBytes / living;
}
