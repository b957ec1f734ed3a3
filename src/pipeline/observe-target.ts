import type { CapacityConfig } from '../config/schema.ts';
import { countMissedSample, countSample, noSamples } from '../derive/count-sample.ts';
import { deriveVerdict } from '../derive/verdict.ts';
import { createPageFetcher, type FetchPageOptions, type PageFetcher } from '../io/fetch-page.ts';
import { createObservationLane } from '../io/observation-lane.ts';
import type { HostFigures } from '../snapshot/host.ts';
import type { SampleCounters } from '../snapshot/samples.ts';
import { type ScrapeFailureResult, scrapeResults } from '../snapshot/scrape.ts';
import type { SlotHolders } from '../snapshot/slot-table.ts';
import type {
  Observation,
  ObservationOutcome,
  TargetIdentity,
  TargetView,
} from '../snapshot/target-view.ts';
import type { Verdict } from '../snapshot/verdict.ts';
import { createCapacitySource } from './capacity-source.ts';
import type { ReadHost } from './host-source.ts';
import type { Log } from './log.ts';
import { type ReadOutcome, readOutcome } from './read-outcome.ts';

export interface TargetOptions extends FetchPageOptions {
  readonly identity: TargetIdentity;
  readonly timeoutMilliseconds: number;
  readonly capacity: CapacityConfig;
  /** Keep a slot of our own, so the status page stays readable while the server is full. */
  readonly observationLane?: boolean;
  /** What the machine says about the server; absent for a server elsewhere. */
  readonly readHost?: ReadHost;
  /** Reads who holds slots, when it is time to; otherwise what was read last. */
  readonly readHolders?: () => Promise<SlotHolders | undefined>;
  /** Whether the error log has said within the last seconds that there is no slot left. */
  readonly errorLogSaysExhausted?: () => boolean;
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** One target under watch; it counts what happened to it since the exporter started. */
export interface Target {
  readonly identity: TargetIdentity;
  readonly statusUrl: string;
  /**
   * Looks at the target once. Callers that come while a look is under way share it. Never rejects: a failure is
   * part of the view.
   */
  observe(deadlineMilliseconds: number): Promise<TargetView>;
  /** Looks once and counts what it saw; while the sample before is under way this one is missed, never queued. */
  sample(deadlineMilliseconds: number): Promise<void>;
  /** The latest view, without looking anew. */
  latest(): TargetView | undefined;
  /** What the latest view no longer shows. */
  memory(): TargetMemory;
  /** Gives up the observation lane's connection. */
  close(): void;
}

export interface TargetMemory {
  /** The last look that was answered. */
  readonly lastAnswered?: Observation;
  /** The last look that failed. */
  readonly lastFailed?: Observation;
}

/** A look under way, when it gives up, and the way to make it give up sooner. */
interface Look {
  readonly startedAt: number;
  readonly endsAt: number;
  readonly view: Promise<TargetView>;
  readonly hurry: AbortController;
}

/**
 * An unanswered look stays in the server's accept queue when it has given up, and costs a worker afterwards. Samples
 * therefore wait until the queue is empty, or for this long; a scrape looks all the same.
 */
const restAfterSilenceSeconds = 5;

export function createTarget(options: TargetOptions): Target {
  const { identity } = options;
  const { fetcher, laneUp } = createSource(options);
  const readCapacity = createCapacitySource(options);
  const failures = Object.fromEntries(
    scrapeResults.filter((result) => result !== 'ok').map((result) => [result, 0]),
  ) as Record<ScrapeFailureResult, number>;
  let badFields = 0;
  let samples: SampleCounters = noSamples;
  let sampling = false;
  let underWay: Look | undefined;
  let latest: TargetView | undefined;
  let memory: TargetMemory = {};

  const look = async (deadlineMilliseconds: number, hurry: AbortSignal): Promise<TargetView> => {
    const [page, capacity] = await Promise.all([
      fetcher.fetch(Math.min(deadlineMilliseconds, options.timeoutMilliseconds), hurry),
      readCapacity(),
    ]);
    const now = options.now();
    const read: ReadOutcome = page.ok
      ? readOutcome({
          page: page.value,
          server: identity.server,
          capacity,
          now,
          statusUrl: options.statusUrl,
        })
      : { outcome: { kind: 'failed', failure: page.error.failure }, badFields: 0 };
    const { outcome } = read;
    badFields += read.badFields;
    if (outcome.kind === 'failed') failures[outcome.failure.result] += 1;
    logTransition(options, latest?.observation.outcome, outcome);
    const { timings } = page.ok ? page.value : page.error;
    // After the fetch, and not before: a request of ours that was not accepted is in the accept queue by now.
    const host = await options.readHost?.(outcome.kind === 'failed');
    const holders = await options.readHolders?.();
    const observation: Observation = { target: identity, atSeconds: now, timings, outcome };
    latest = view(observation, { host, holders });
    const remembered = outcome.kind === 'answered' ? 'lastAnswered' : 'lastFailed';
    memory = { ...memory, [remembered]: observation };
    return latest;
  };

  const view = (observation: Observation, { host, holders }: Surroundings): TargetView => {
    const lane = laneUp?.();
    return {
      observation,
      verdict: passVerdict(observation, {
        host,
        before: memory.lastAnswered,
        errorLog: options.errorLogSaysExhausted?.(),
      }),
      counters: { failures: { ...failures }, badFields, samples },
      ...(observation.outcome.kind === 'answered' ? { figures: observation.outcome.figures } : {}),
      ...(host === undefined ? {} : { host }),
      ...(holders === undefined ? {} : { holders }),
      ...(lane === undefined ? {} : { laneUp: lane }),
    };
  };

  const startLook = (deadlineMilliseconds: number): Look => {
    const hurry = new AbortController();
    const startedAt = performance.now();
    const started: Look = {
      startedAt,
      endsAt: startedAt + deadlineMilliseconds,
      hurry,
      view: look(deadlineMilliseconds, hurry.signal).finally(() => {
        underWay = undefined;
      }),
    };
    underWay = started;
    return started;
  };

  /**
   * The most impatient caller ends a shared look; who may wait longer then looks again, if for longer than the look has
   * had: in less time nothing more would be seen, and a look that is ended as it begins tells nothing at all.
   */
  const share = async (shared: Look, wantedAt: number): Promise<TargetView> => {
    const impatience = setTimeout(
      () => shared.hurry.abort(),
      Math.max(0, wantedAt - performance.now()),
    );
    const shown = await shared.view;
    clearTimeout(impatience);
    const gaveUpEarly =
      isTimeout(shown) && (shared.hurry.signal.aborted || shared.endsAt < wantedAt);
    const endedAt = performance.now();
    const left = wantedAt - endedAt;
    if (!gaveUpEarly || left <= endedAt - shared.startedAt) return shown;
    return share(underWay ?? startLook(left), wantedAt);
  };

  /** The last view, where a look would only be one more connection in the queue of a server that answers nobody. */
  const viewOfSilence = async (): Promise<TargetView | undefined> => {
    const last = latest;
    if (last === undefined || !isTimeout(last)) return undefined;
    if (options.now() - last.observation.atSeconds > restAfterSilenceSeconds) return undefined;
    const { listen = [] } = (await options.readHost?.(false)) ?? {};
    const waits = listen.length === 0 || listen.some(({ queueLength }) => queueLength > 0);
    return waits ? last : undefined;
  };

  return {
    identity,
    statusUrl: options.statusUrl,
    latest: () => latest,
    memory: () => memory,
    close: () => fetcher.close(),
    observe(deadlineMilliseconds) {
      const wantedAt = performance.now() + deadlineMilliseconds;
      return share(underWay ?? startLook(deadlineMilliseconds), wantedAt);
    },
    async sample(deadlineMilliseconds) {
      if (sampling) {
        samples = countMissedSample(samples, isExhausted(latest));
        return;
      }
      sampling = true;
      const sampled =
        (await viewOfSilence()) ?? (await (underWay ?? startLook(deadlineMilliseconds)).view);
      sampling = false;
      const { outcome } = sampled.observation;
      samples =
        outcome.kind === 'answered'
          ? countSample(samples, outcome.figures)
          : countMissedSample(samples, isExhausted(sampled));
    },
  };
}

interface Source {
  readonly fetcher: PageFetcher;
  readonly laneUp?: () => boolean;
}

function createSource(options: TargetOptions): Source {
  if (options.observationLane !== true) return { fetcher: createPageFetcher(options) };
  const lane = createObservationLane(() => createPageFetcher({ ...options, persist: true }));
  return { fetcher: lane, laneUp: lane.isUp };
}

function isTimeout({ observation: { outcome } }: TargetView): boolean {
  return outcome.kind === 'failed' && /_timeout$/.test(outcome.failure.result);
}

function isExhausted(view: TargetView | undefined): boolean {
  return view?.verdict.exhausted === true;
}

/** What is known beside the status page. */
interface Surroundings {
  readonly host: HostFigures | undefined;
  readonly holders: SlotHolders | undefined;
}

interface VerdictContext {
  readonly host: HostFigures | undefined;
  readonly before: Observation | undefined;
  readonly errorLog: boolean | undefined;
}

function passVerdict(
  { target, outcome }: Observation,
  { host, before, errorLog }: VerdictContext,
): Verdict {
  const earlier = before?.outcome.kind === 'answered' ? before.outcome : undefined;
  const droppedSince = droppedBetween(earlier, outcome);
  return deriveVerdict({
    server: target.server,
    outcome,
    ...(earlier === undefined ? {} : { before: earlier.figures }),
    ...(host?.listen === undefined ? {} : { listen: host.listen }),
    ...(host?.processes === undefined ? {} : { stopped: host.processes.stopped }),
    ...(droppedSince === undefined ? {} : { droppedSince }),
    ...(errorLog === undefined ? {} : { errorLog }),
  });
}

/** Growth of nginx's accepts - handled; a restart makes it fall, which is no growth. */
function droppedBetween(
  before: ObservationOutcome | undefined,
  after: ObservationOutcome,
): number | undefined {
  const [earlier, later] = [droppedOf(before), droppedOf(after)];
  return earlier === undefined || later === undefined ? undefined : later - earlier;
}

function droppedOf(outcome: ObservationOutcome | undefined): number | undefined {
  if (outcome?.kind !== 'answered' || outcome.snapshot.kind !== 'nginx') return undefined;
  const { accepts, handled } = outcome.snapshot;
  return accepts === undefined || handled === undefined ? undefined : accepts - handled;
}

/** One line when a target fails in a new way and one when it answers again, not one for each scrape. */
function logTransition(
  { log, identity }: TargetOptions,
  before: ObservationOutcome | undefined,
  after: ObservationOutcome,
): void {
  const was = before?.kind === 'failed' ? before.failure.result : 'ok';
  const is = after.kind === 'failed' ? after.failure.result : 'ok';
  if (was === is) return;
  if (after.kind === 'answered') log.info('target answers again', { target: identity.name });
  else {
    const { result, message, remedy } = after.failure;
    log.warn('target cannot be read', { target: identity.name, result, error: message, remedy });
  }
}
