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
import { present } from '../present.ts';
import type { HostFigures } from '../snapshot/host.ts';
import type { SlotHolders } from '../snapshot/slot-table.ts';
import type {
  Observation,
  ObservationOutcome,
  TargetIdentity,
  TargetView,
} from '../snapshot/target-view.ts';
import type { ReadConfig } from './config-source.ts';
import type { ReadHost } from './host-source.ts';
import { logPoll } from './log-poll.ts';
import { isCalm, isTimeout, unfinishedPoll, versionOf } from './poll-outcome.ts';
import { createPagePoller, type PagePoller, type PollPageOptions } from './poll-page.ts';
import { createSharedPoll, type SharedPoll } from './shared-poll.ts';
import { within, withinPoll } from './within.ts';

export interface TargetOptions extends PollPageOptions {
  /** Reads the kernel's figures and the processes of the server; absent for a server on another machine. */
  readonly readHost?: ReadHost;
  /** Reads the clients that hold slots when the interval is over; otherwise returns the last result. */
  readonly readHolders?: () => Promise<SlotHolders | undefined>;
  /** Audits the server's configuration file; reads it again from time to time. */
  readonly readConfig?: ReadConfig;
  /** Seconds since an error log last reported that no slot was free; undefined when no log shows that now. */
  readonly exhaustedSecondsAgo?: () => number | undefined;
  /** Whether the page, which shows how long connections have been idle, is open. */
  readonly isWatched?: () => boolean;
}

/** One polled target, with its counters since the exporter started. */
export interface Target {
  readonly identity: TargetIdentity;
  readonly statusUrl: string;
  /**
   * Polls the target once. Callers that come while a poll is under way share it. Never rejects: a failure is part of
   * the view.
   */
  observe(deadlineMilliseconds: number): Promise<TargetView>;
  /** Takes a sample: polls once and counts the result. While the last sample is under way, this one is missed. */
  sample(deadlineMilliseconds: number): Promise<void>;
  /** The latest view, without a new poll. */
  latest(): TargetView | undefined;
  /** The last answer and the last failure, one of which the latest view no longer shows. */
  memory(): TargetMemory;
  /** Ends the poll under way and closes the observation lane. */
  close(): void;
}

export type TargetMemory = Pick<PollMemory, 'lastAnswered' | 'lastFailed'>;

/**
 * A poll that times out stays in the server's accept queue, and a worker must still process it. Samples therefore wait
 * until the queue is empty, or for this long. A scrape does not wait.
 */
const backOffAfterTimeoutMilliseconds = 5000;

/** Maximum age of the kernel's figures in an answer to a scrape, unless reading them is costly. */
const freshMilliseconds = 1000;

/** A slow read of the kernel, the processes or a file must not delay the figures of the status page. */
const maximumReadMilliseconds = 1500;

export function createTarget(options: TargetOptions): Target {
  return new PolledTarget(options);
}

class PolledTarget implements Target {
  readonly identity: TargetIdentity;
  readonly statusUrl: string;
  readonly #options: TargetOptions;
  readonly #poller: PagePoller;
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
    this.#poller = createPagePoller(options);
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
    this.#poller.close();
  }

  async observe(deadlineMilliseconds: number): Promise<TargetView> {
    const endsAt = performance.now() + deadlineMilliseconds;
    const view = await this.#polls.ask(deadlineMilliseconds);
    const shown = view ?? this.latest() ?? unfinishedView(unfinishedPoll(this.#options));
    return this.#refresh(shown, endsAt - performance.now());
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
    const polled = await this.#poller.poll(deadlineMilliseconds, giveUp);
    this.#polls.pageArrived();
    this.#polledAt = performance.now();
    const { outcome, badFields, capacity, timings, atSeconds } = polled;
    const observation: Observation = { target: this.identity, atSeconds, timings, outcome };
    // A poll that ended because of the exporter (its end, a reload, a /probe client that left) shows nothing about
    // the server.
    if (this.#closed || options.signal?.aborted === true) {
      return this.latest() ?? unfinishedView(observation);
    }
    logPoll(options.log, { before: this.latest()?.observation, observation, badFields });
    this.#state = countPoll(this.#state, outcome, badFields.length);
    this.#state = rememberObservation(this.#state, observation);
    return this.#show({ observation, capacity, ...(await this.#readAround(outcome, giveUp)) });
  }

  /** What is read beside the status page. All at once: each may hang, and a scrape waits for no more than the longest. */
  async #readAround(outcome: ObservationOutcome, giveUp: AbortSignal) {
    const options = this.#options;
    const limit = { milliseconds: maximumReadMilliseconds, giveUp };
    // After the fetch: a request of the exporter that was not accepted is in the accept queue by now.
    const isSpared = isCalm(outcome, this.latest()) && options.isWatched?.() !== true;
    // For a server that does not answer the slot table would be one more connection in its queue.
    const isAnswered = outcome.kind === 'answered';
    const version = versionOf(this.#state.memory.lastAnswered);
    const [host, holders, config] = await Promise.all([
      isSpared
        ? this.#state.readings?.host
        : this.#countHost(withinPoll(options.readHost?.(!isAnswered), limit)),
      isAnswered ? withinPoll(options.readHolders?.(), limit) : undefined,
      withinPoll(options.readConfig?.(version), limit),
    ]);
    return present({ host, holders, config });
  }

  async #countHost(reading: Promise<HostFigures | undefined>): Promise<HostFigures | undefined> {
    // A result that comes too late is for the next view. Until then the last figures are shown, with their age.
    const host = (await reading) ?? this.#state.readings?.host;
    this.#state = countHost(this.#state, host);
    this.#hostReadAt = performance.now();
    return host;
  }

  #show(readings: TargetReadings): TargetView {
    const loggedSecondsAgo = this.#options.exhaustedSecondsAgo?.();
    const laneUp = this.#poller.isLaneUp?.();
    const shown = showReadings(this.#state, readings, {
      nowMilliseconds: performance.now(),
      ...present({ loggedSecondsAgo, laneUp }),
    });
    this.#state = shown;
    return shown.view;
  }

  /** The last view with current figures of the kernel, as far as they come in time. */
  async #refresh(view: TargetView, milliseconds = maximumReadMilliseconds): Promise<TargetView> {
    const isCurrent = performance.now() - this.#hostReadAt <= freshMilliseconds;
    if (this.#options.readHost === undefined || this.#closed || isCurrent) return view;
    if (this.#state.readings === undefined) return view;
    const limit = Math.min(milliseconds, maximumReadMilliseconds);
    const host = await this.#countHost(within(this.#options.readHost(false), limit));
    return this.#show({ ...this.#state.readings, ...present({ host }) });
  }

  /** The last view during a back-off: a poll would only add a connection to the queue of a server that is silent. */
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
