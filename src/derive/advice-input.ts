import { present } from '../present.ts';
import type { AdvisedServer } from '../snapshot/advice.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';
import type { MemoryRoom } from '../snapshot/memory.ts';
import type { SlotGroup } from '../snapshot/slots.ts';
import type { ObservationOutcome, TargetIdentity, TargetView } from '../snapshot/target-view.ts';
import type { AdviceOptions } from './advise-keepalive.ts';
import { fullShareSince, idleSlotsSince, minimumSamples, type Sampled } from './samples-since.ts';

/** A target as it is now. Without a status page only its name and the kind of server are known. */
export interface AdviceSubject
  extends Partial<Pick<TargetView, 'identity' | 'figures' | 'host' | 'counters' | 'config'>> {
  readonly observation: {
    readonly target: TargetIdentity;
    readonly outcome?: ObservationOutcome;
  };
}

/** What the status page of a server shows for its advice. */
export interface ShownByServer {
  readonly server: AdvisedServer;
  readonly slots?: number;
  /** Memory of one worker. */
  readonly workerBytes?: number;
}

/** What the configuration and the machine add to the view of a target. */
export interface AdviceSurroundings {
  /** As configured; used where the status page does not show it. */
  readonly slots?: number;
  readonly threadsPerChild?: number;
  readonly asyncFactor?: number;
  /** Of the last answer. While a server is full it does not answer, and its advice must not change for that. */
  readonly shown?: ShownByServer;
  /** The samples taken under another setting. */
  readonly sampledBefore?: Sampled;
  /** Memory available to more workers, and which limit applies. */
  readonly availableBytes?: number;
  readonly limitedBy?: MemoryRoom['limitedBy'];
}

/** The input of an advice, from the measurements of a target; unknown figures are absent. */
export function adviceInput(
  view: AdviceSubject,
  summary: GapSummary,
  { sampledBefore, shown, ...surroundings }: AdviceSurroundings,
): AdviceOptions {
  const { sum, count } = idleSlotsSince(view.counters?.samples, sampledBefore);
  const known = shownByServer(view) ?? shown ?? knownOf(view);
  return {
    summary,
    ...present({
      meanIdleSlots: count < minimumSamples ? undefined : sum / count,
      fullSampleShare: fullShareSince(view.counters?.samples, sampledBefore),
    }),
    ...surroundings,
    ...known,
    server: withFactor(known.server, surroundings.asyncFactor),
  };
}

/** Only event has an AsyncRequestWorkerFactor. */
function withFactor(server: AdvisedServer, asyncFactor: number | undefined): AdvisedServer {
  return server === 'apache' && asyncFactor !== undefined ? 'event' : server;
}

/** Undefined while the server does not answer. */
export function shownByServer(view: AdviceSubject): ShownByServer | undefined {
  return view.observation.outcome?.kind === 'answered' ? knownOf(view) : undefined;
}

/** What is known now, by whichever source. */
function knownOf(view: AdviceSubject): ShownByServer {
  const workers = groupOf(view, 'worker');
  const slots = (workers ?? groupOf(view, 'connection'))?.limit?.value;
  return {
    server: serverOf(view),
    ...present({ slots, workerBytes: memoryOfSlot(view, workers) }),
  };
}

const apacheMpms: readonly AdvisedServer[] = ['prefork', 'worker', 'event'];

function serverOf({ observation, identity }: AdviceSubject): AdvisedServer {
  const { target, outcome } = observation;
  if (target.server === 'nginx') return 'nginx';
  const snapshot = outcome?.kind === 'answered' ? outcome.snapshot : undefined;
  const onPage = snapshot?.kind === 'apache' ? snapshot.serverMpm : undefined;
  const mpm = (onPage ?? identity?.mpm)?.toLowerCase();
  return apacheMpms.find((name) => name === mpm) ?? 'apache';
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
