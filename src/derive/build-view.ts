import { present } from '../present.ts';
import type { ConfigView } from '../snapshot/audit.ts';
import type { HostFigures } from '../snapshot/host.ts';
import type { SlotHolders } from '../snapshot/slot-table.ts';
import type { Capacity } from '../snapshot/slots.ts';
import type { Observation, TargetCounters, TargetView } from '../snapshot/target-view.ts';
import { deriveCurrentSlots } from './current-slots.ts';
import { bridgeVerdict, droppedSince, type PollMemory } from './poll-memory.ts';
import { identify } from './server-identity.ts';
import { deriveUnanswered } from './unanswered.ts';
import { deriveVerdict } from './verdict.ts';

/** The parts of a view. Unknown parts are absent. */
export interface ViewParts {
  readonly observation: Observation;
  readonly counters: TargetCounters;
  readonly memory: PollMemory;
  readonly capacity: Capacity;
  readonly host?: HostFigures;
  readonly holders?: SlotHolders;
  readonly config?: ConfigView;
  /** Seconds since an error log last reported that no slot is left; absent without a recent line. */
  readonly loggedSecondsAgo?: number;
  readonly laneUp?: boolean;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMilliseconds: number;
}

/** Builds the view of a target: first the verdict, then the slots, which depend on it. */
export function buildView(parts: ViewParts): TargetView {
  const { observation, counters, memory, capacity, host, holders, config, laneUp } = parts;
  const { target, outcome } = observation;
  const before = figuresOf(memory.lastAnswered);
  const verdict = bridgeVerdict(verdictOf(parts), memory, parts.nowMilliseconds);
  const { connections } = host ?? {};
  const slots = deriveCurrentSlots({
    server: target.server,
    outcome,
    capacity,
    viaLane: laneUp === true,
    ...present({
      connections: isOfNow(host, observation) ? connections : undefined,
      before,
      exhausted: verdict.exhausted,
    }),
  });
  return {
    observation,
    verdict,
    counters,
    ...present({
      identity: identify(observation, memory.lastAnswered),
      figures: slots?.figures,
      slotsSource: slots?.source,
      unanswered: deriveUnanswered({ outcome, verdict, ...present({ connections }) }),
      host,
      holders,
      config,
      laneUp,
    }),
  };
}

/**
 * While a server is not busy, the kernel is read only for scrapes and for the page: its figures count only if they are
 * as recent as the poll.
 */
function isOfNow(host: HostFigures | undefined, { outcome, atSeconds }: Observation): boolean {
  return outcome.kind === 'failed' || (host?.kernelReadAtSeconds ?? 0) >= atSeconds - youngSeconds;
}

const youngSeconds = 1;

function verdictOf({ observation, memory, host, loggedSecondsAgo, laneUp }: ViewParts) {
  const { outcome, target, timings } = observation;
  return deriveVerdict({
    server: target.server,
    outcome,
    waitedSeconds: timings.durationSeconds - (timings.connectSeconds ?? 0),
    viaLane: laneUp === true,
    ...present({
      before: figuresOf(memory.lastAnswered),
      host,
      stopped: host?.processes?.stopped,
      droppedSince: outcome.kind === 'answered' ? droppedSince(memory) : undefined,
      loggedSecondsAgo,
    }),
  });
}

function figuresOf(observation: Observation | undefined) {
  const outcome = observation?.outcome;
  return outcome?.kind === 'answered' ? outcome.figures : undefined;
}
