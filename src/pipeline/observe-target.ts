import type { CapacityConfig } from '../config/schema.ts';
import type { PollMemory } from '../derive/poll-memory.ts';
import {
  countHost,
  countPoll,
  countSampleOf,
  initialTargetState,
  rememberObservation,
  showReadings,
  type TargetReadings,
  type TargetState,
  unfinishedView,
} from '../derive/target-state.ts';
import { createPageFetcher, type FetchPageOptions, type PageFetcher } from '../io/fetch-page.ts';
import { createObservationLane } from '../io/observation-lane.ts';
import { present } from '../present.ts';
import type { HostFigures } from '../snapshot/host.ts';
import type { SlotHolders } from '../snapshot/slot-table.ts';
import type { Capacity } from '../snapshot/slots.ts';
import type {
  Observation,
  ObservationOutcome,
  TargetIdentity,
  TargetView,
} from '../snapshot/target-view.ts';
import { createCapacitySource } from './capacity-source.ts';
import type { ReadConfig } from './config-source.ts';
import type { ReadHost } from './host-source.ts';
import type { Log } from './log.ts';
import { logTransition } from './log-transition.ts';
import { type ReadOutcome, readOutcome } from './read-outcome.ts';
import { createSharedPoll, type SharedPoll } from './shared-poll.ts';
import { within } from './within.ts';

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
  /** What the server's configuration file says; reads it again from time to time. */
  readonly readConfig?: ReadConfig;
  /** Seconds since an error log last said that there is no slot left; undefined when none speaks for now. */
  readonly exhaustedSecondsAgo?: () => number | undefined;
  /** Whether somebody looks at the page, which shows how long connections have been idle. */
  readonly isWatched?: () => boolean;
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** One target under watch; it counts what happened to it since the exporter started. */
export interface Target {
  readonly identity: TargetIdentity;
  readonly statusUrl: string;
  /**
   * Polls the target once. Callers that come while a poll is under way share it. Never rejects: a failure is part of
   * the view.
   */
  observe(deadlineMilliseconds: number): Promise<TargetView>;
  /** Polls once and counts what it found; while the sample before is under way this one is missed, never queued. */
  sample(deadlineMilliseconds: number): Promise<void>;
  /** The latest view, without a new poll. */
  latest(): TargetView | undefined;
  /** What the latest view no longer shows. */
  memory(): TargetMemory;
  /** Gives up the poll under way and the observation lane's connection. */
  close(): void;
}

export type TargetMemory = Pick<PollMemory, 'lastAnswered' | 'lastFailed'>;

/**
 * An unanswered poll stays in the server's accept queue when it has given up, and costs a worker afterwards. Samples
 * therefore wait until the queue is empty, or for this long; a scrape polls all the same.
 */
const backOffAfterTimeoutMilliseconds = 5000;

/** Above this saturation, or watched, the kernel is read with each sample, below it with each scrape. */
const closeWatchFrom = 0.7;

/** Kernel figures in an answer to a scrape are at most this old, unless reading them is costly. */
const freshMilliseconds = 1000;

/** What the machine says must not delay what the server says. */
const longestHostReadMilliseconds = 1500;

export function createTarget(options: TargetOptions): Target {
  return new PolledTarget(options);
}

class PolledTarget implements Target {
  readonly identity: TargetIdentity;
  readonly statusUrl: string;
  readonly #options: TargetOptions;
  readonly #source: Source;
  readonly #readCapacity: () => Promise<Capacity>;
  readonly #polls: SharedPoll<TargetView>;
  #state: TargetState = initialTargetState;
  #hostReadAt = Number.NEGATIVE_INFINITY;
  #polledAt = Number.NEGATIVE_INFINITY;
  #sampling = false;
  #closed = false;

  constructor(options: TargetOptions) {
    this.identity = options.identity;
    this.statusUrl = options.statusUrl;
    this.#options = options;
    this.#source = createSource(options);
    this.#readCapacity = createCapacitySource(options);
    this.#polls = createSharedPoll({
      poll: (deadlineMilliseconds, giveUp) => this.#poll(deadlineMilliseconds, giveUp),
      mayNeedMoreTime: (view) => isTimeout(view) && view.verdict.exhausted !== true,
    });
  }

  latest(): TargetView | undefined {
    return this.#state.view;
  }

  memory(): TargetMemory {
    return this.#state.memory;
  }

  close(): void {
    this.#closed = true;
    this.#polls.close();
    this.#source.fetcher.close();
  }

  async observe(deadlineMilliseconds: number): Promise<TargetView> {
    const view = await this.#polls.ask(deadlineMilliseconds);
    return this.#refresh(view ?? this.latest() ?? unfinishedView(unfinishedPoll(this.#options)));
  }

  async sample(deadlineMilliseconds: number): Promise<void> {
    if (this.#sampling) {
      this.#state = countSampleOf(this.#state, undefined);
      return;
    }
    this.#sampling = true;
    const sampled =
      (await this.#viewDuringBackOff()) ?? (await this.#polls.join(deadlineMilliseconds));
    this.#sampling = false;
    this.#state = countSampleOf(this.#state, sampled);
  }

  async #poll(deadlineMilliseconds: number, giveUp: AbortSignal): Promise<TargetView> {
    const options = this.#options;
    const { read, capacity, timings, now } = await this.#fetchAndRead(deadlineMilliseconds, giveUp);
    const { outcome } = read;
    const observation: Observation = {
      target: this.identity,
      atSeconds: now,
      timings,
      outcome,
    };
    // A poll that our own end, a reload or the end of a /probe request cut short says nothing about the server.
    if (this.#closed || options.signal?.aborted === true) {
      return this.latest() ?? unfinishedView(observation);
    }
    logTransition(options.log, this.latest()?.observation, observation);
    this.#state = countPoll(this.#state, outcome, read.badFields);
    // After the fetch, and not before: a request of ours that was not accepted is in the accept queue by now.
    const spared = isCalm(outcome, this.latest()) && options.isWatched?.() !== true;
    const host = spared
      ? this.#state.readings?.host
      : await this.#readHost(outcome.kind === 'failed');
    // A server that does not answer would only get one more connection to queue.
    const holders = outcome.kind === 'answered' ? await options.readHolders?.() : undefined;
    this.#state = rememberObservation(this.#state, observation);
    const config = await options.readConfig?.(versionOf(this.#state.memory.lastAnswered));
    return this.#show({ observation, capacity, ...present({ host, holders, config }) });
  }

  /** What a page says, without the page: waiting polls of a hundred targets must not hold a hundred megabytes. */
  async #fetchAndRead(deadlineMilliseconds: number, giveUp: AbortSignal) {
    const options = this.#options;
    const [page, capacity] = await Promise.all([
      this.#source.fetcher.fetch(
        Math.min(deadlineMilliseconds, options.timeoutMilliseconds),
        giveUp,
      ),
      this.#readCapacity(),
    ]);
    this.#polls.pageArrived();
    this.#polledAt = performance.now();
    const now = options.now();
    const read: ReadOutcome = page.ok
      ? readOutcome({
          page: page.value,
          server: this.identity.server,
          capacity,
          now,
          statusUrl: options.statusUrl,
        })
      : { outcome: { kind: 'failed', failure: page.error.failure }, badFields: 0 };
    return { read, capacity, timings: page.ok ? page.value.timings : page.error.timings, now };
  }

  async #readHost(fresh: boolean): Promise<HostFigures | undefined> {
    const reading = this.#options.readHost?.(fresh);
    // What comes too late is shown by the next view; until then the last figures stand, with their age.
    const host = (await within(reading, longestHostReadMilliseconds)) ?? this.#state.readings?.host;
    this.#state = countHost(this.#state, host);
    this.#hostReadAt = performance.now();
    return host;
  }

  #show(readings: TargetReadings): TargetView {
    const loggedSecondsAgo = this.#options.exhaustedSecondsAgo?.();
    const laneUp = this.#source.laneUp?.();
    const shown = showReadings(this.#state, readings, {
      nowMilliseconds: performance.now(),
      ...present({ loggedSecondsAgo, laneUp }),
    });
    this.#state = shown;
    return shown.view;
  }

  /** The last view with the kernel's figures of now. */
  async #refresh(view: TargetView): Promise<TargetView> {
    const isCurrent = performance.now() - this.#hostReadAt <= freshMilliseconds;
    if (this.#options.readHost === undefined || this.#closed || isCurrent) return view;
    if (this.#state.readings === undefined) return view;
    const host = await this.#readHost(false);
    return this.#show({ ...this.#state.readings, ...present({ host }) });
  }

  /** The last view, where a poll would only be one more connection in the queue of a server that answers nobody. */
  async #viewDuringBackOff(): Promise<TargetView | undefined> {
    const last = this.latest();
    if (last === undefined || !isTimeout(last)) return undefined;
    if (performance.now() - this.#polledAt > backOffAfterTimeoutMilliseconds) return undefined;
    const { host } = await this.#refresh(last);
    const { listen = [] } = host ?? {};
    const waits = listen.length === 0 || listen.some(({ queueLength }) => queueLength > 0);
    return waits ? this.latest() : undefined;
  }
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

/** Whether the page alone tells enough until the next scrape. */
function isCalm(outcome: ObservationOutcome, before: TargetView | undefined): boolean {
  return (
    outcome.kind === 'answered' &&
    before?.observation.outcome.kind === 'answered' &&
    before.verdict.exhausted !== true &&
    (outcome.figures.workerSaturation ?? 0) <= closeWatchFrom
  );
}

function isTimeout({ observation: { outcome } }: TargetView): boolean {
  return outcome.kind === 'failed' && /_timeout$/.test(outcome.failure.result);
}

function versionOf(answered: Observation | undefined): string | undefined {
  return answered?.outcome.kind === 'answered' ? answered.outcome.version : undefined;
}

function unfinishedPoll({ identity, now, statusUrl }: TargetOptions): Observation {
  return {
    target: identity,
    atSeconds: now(),
    timings: { durationSeconds: 0 },
    outcome: {
      kind: 'failed',
      failure: {
        result: 'response_timeout',
        message: `fetch "${statusUrl}": the scrape ended before the server had a second to answer`,
        remedy: 'raise scrape_timeout to 2 seconds or more',
      },
    },
  };
}
