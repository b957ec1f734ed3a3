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

/** All that a view is made of. What is not known is absent. */
export interface ViewParts {
  readonly observation: Observation;
  readonly counters: TargetCounters;
  readonly memory: PollMemory;
  readonly capacity: Capacity;
  readonly host?: HostFigures;
  readonly holders?: SlotHolders;
  readonly config?: ConfigView;
  /** Seconds since an error log last said that there is no slot left; absent when none speaks for now. */
  readonly loggedSecondsAgo?: number;
  readonly laneUp?: boolean;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMilliseconds: number;
}

/** Puts together what is known of a target: the verdict first, then the slots it is a statement about. */
export function buildView(parts: ViewParts): TargetView {
  const { observation, counters, memory, capacity, host, holders, config, laneUp } = parts;
  const { target, outcome } = observation;
  const before = figuresOf(memory.lastAnswered);
  const verdict = bridgeVerdict(verdictOf(parts), memory, parts.nowMilliseconds);
  const connections = host?.connections === undefined ? {} : { connections: host.connections };
  const slots = deriveCurrentSlots({
    server: target.server,
    outcome,
    capacity,
    viaLane: laneUp === true,
    ...(isOfNow(host, observation) ? connections : {}),
    ...(before === undefined ? {} : { before }),
    ...(verdict.exhausted === undefined ? {} : { exhausted: verdict.exhausted }),
  });
  const identity = identify(observation, memory.lastAnswered);
  const unanswered = deriveUnanswered({ outcome, verdict, ...connections });
  return {
    observation,
    verdict,
    counters,
    ...(identity === undefined ? {} : { identity }),
    ...(slots === undefined ? {} : { figures: slots.figures, slotsSource: slots.source }),
    ...(unanswered === undefined ? {} : { unanswered }),
    ...(host === undefined ? {} : { host }),
    ...(holders === undefined ? {} : { holders }),
    ...(config === undefined ? {} : { config }),
    ...(laneUp === undefined ? {} : { laneUp }),
  };
}

/** While a server is calm the kernel is read for scrapes and for people only: beside a page it must be as young. */
function isOfNow(host: HostFigures | undefined, { outcome, atSeconds }: Observation): boolean {
  return outcome.kind === 'failed' || (host?.kernelReadAtSeconds ?? 0) >= atSeconds - youngSeconds;
}

const youngSeconds = 1;

function verdictOf({ observation, memory, host, loggedSecondsAgo, laneUp }: ViewParts) {
  const { outcome, target, timings } = observation;
  const before = figuresOf(memory.lastAnswered);
  const dropped = outcome.kind === 'answered' ? droppedSince(memory) : undefined;
  return deriveVerdict({
    server: target.server,
    outcome,
    waitedSeconds: timings.durationSeconds - (timings.connectSeconds ?? 0),
    viaLane: laneUp === true,
    ...(before === undefined ? {} : { before }),
    ...(host === undefined ? {} : { host }),
    ...(host?.processes === undefined ? {} : { stopped: host.processes.stopped }),
    ...(dropped === undefined ? {} : { droppedSince: dropped }),
    ...(loggedSecondsAgo === undefined ? {} : { loggedSecondsAgo }),
  });
}

function figuresOf(observation: Observation | undefined) {
  const outcome = observation?.outcome;
  return outcome?.kind === 'answered' ? outcome.figures : undefined;
}
