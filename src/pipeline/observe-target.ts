import type { CapacityConfig } from '../config/schema.ts';
import { buildView } from '../derive/build-view.ts';
import {
  countIdleSeconds,
  countMissedSample,
  countSample,
  noSamples,
} from '../derive/count-sample.ts';
import { emptyPollMemory, type PollMemory, rememberPoll } from '../derive/poll-memory.ts';
import { createPageFetcher, type FetchPageOptions, type PageFetcher } from '../io/fetch-page.ts';
import { createObservationLane } from '../io/observation-lane.ts';
import type { ConfigView } from '../snapshot/audit.ts';
import type { HostFigures } from '../snapshot/host.ts';
import type { SampleCounters } from '../snapshot/samples.ts';
import { type ScrapeFailureResult, scrapeResults } from '../snapshot/scrape.ts';
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

/** A poll under way, when it gives up, and the way to make it give up sooner. */
interface Poll {
  readonly startedAt: number;
  readonly endsAt: number;
  readonly view: Promise<TargetView>;
  readonly giveUp: AbortController;
}

/**
 * An unanswered poll stays in the server's accept queue when it has given up, and costs a worker afterwards. Samples
 * therefore wait until the queue is empty, or for this long; a scrape polls all the same.
 */
const backOffAfterSilenceMilliseconds = 5000;

/** A server that has had less time than this to answer has not failed: its client was in a hurry. */
const shortestPollMilliseconds = 1000;

/** Above this saturation, or watched, the kernel is read with each sample, below it with each scrape. */
const closeWatchFrom = 0.7;

/** Kernel figures in an answer to a scrape are at most this old, unless reading them is costly. */
const freshMilliseconds = 1000;

/** What the machine says must not delay what the server says. */
const longestHostReadMilliseconds = 1500;

/** What a view is made of, besides the counters. */
interface Parts {
  readonly observation: Observation;
  readonly capacity: Capacity;
  readonly host?: HostFigures;
  readonly holders?: SlotHolders;
  readonly config?: ConfigView;
}

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
  let underWay: Poll | undefined;
  let parts: Parts | undefined;
  let latest: TargetView | undefined;
  let memory: PollMemory = emptyPollMemory;
  let hostReadAt = Number.NEGATIVE_INFINITY;
  let polledAt = Number.NEGATIVE_INFINITY;
  let closed = false;

  const show = (next: Parts): TargetView => {
    parts = next;
    const loggedSecondsAgo = options.exhaustedSecondsAgo?.();
    const lane = laneUp?.();
    const nowMilliseconds = performance.now();
    const view = buildView({
      ...next,
      memory,
      counters: { failures: { ...failures }, badFields, samples },
      nowMilliseconds,
      ...(loggedSecondsAgo === undefined ? {} : { loggedSecondsAgo }),
      ...(lane === undefined ? {} : { laneUp: lane }),
    });
    if (view.verdict.exhausted !== undefined && view.verdict !== memory.lastCertain?.verdict) {
      memory = {
        ...memory,
        lastCertain: { verdict: view.verdict, atMilliseconds: nowMilliseconds },
      };
    }
    latest = view;
    return view;
  };

  const readHost = async (fresh: boolean): Promise<HostFigures | undefined> => {
    // What comes too late is shown by the next view; until then the last figures stand, with their age.
    const host =
      (await within(options.readHost?.(fresh), longestHostReadMilliseconds)) ?? parts?.host;
    if (host !== undefined && host.kernelReadAtSeconds !== parts?.host?.kernelReadAtSeconds) {
      samples = countIdleSeconds(samples, host.connections);
    }
    hostReadAt = performance.now();
    return host;
  };

  /** What a page says, without the page: waiting polls of a hundred targets must not hold a hundred megabytes. */
  const fetchAndRead = async (deadlineMilliseconds: number, giveUp: AbortSignal) => {
    const [page, capacity] = await Promise.all([
      fetcher.fetch(Math.min(deadlineMilliseconds, options.timeoutMilliseconds), giveUp),
      readCapacity(),
    ]);
    // Who asks from here on wants a page of later than this one.
    underWay = undefined;
    polledAt = performance.now();
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
    return { read, capacity, timings: page.ok ? page.value.timings : page.error.timings, now };
  };

  const poll = async (deadlineMilliseconds: number, giveUp: AbortSignal): Promise<TargetView> => {
    const { read, capacity, timings, now } = await fetchAndRead(deadlineMilliseconds, giveUp);
    const { outcome } = read;
    const observation: Observation = { target: identity, atSeconds: now, timings, outcome };
    // A poll that our own end, a reload or the end of a /probe request cut short says nothing about the server.
    if (closed || options.signal?.aborted === true) return latest ?? unfinished(observation);
    badFields += read.badFields;
    if (outcome.kind === 'failed') failures[outcome.failure.result] += 1;
    logTransition(options, latest?.observation.outcome, outcome);
    // After the fetch, and not before: a request of ours that was not accepted is in the accept queue by now.
    const spared = isCalm(outcome, latest) && options.isWatched?.() !== true;
    const host = spared ? parts?.host : await readHost(outcome.kind === 'failed');
    // A server that does not answer would only get one more connection to queue.
    const holders = outcome.kind === 'answered' ? await options.readHolders?.() : undefined;
    memory = rememberPoll(memory, observation);
    const config = await options.readConfig?.(versionOf(memory.lastAnswered));
    return show({ observation, capacity, ...present({ host, holders, config }) });
  };

  const startPoll = (deadlineMilliseconds: number): Poll => {
    const giveUp = new AbortController();
    const startedAt = performance.now();
    const duration = Math.max(deadlineMilliseconds, shortestPollMilliseconds);
    const started: Poll = {
      startedAt,
      endsAt: startedAt + duration,
      giveUp,
      view: poll(duration, giveUp.signal),
    };
    underWay = started;
    return started;
  };

  /**
   * The caller with the least time ends a shared poll, once the server has had a second; a caller with more time left
   * polls again, but only if that time exceeds the first poll's duration.
   */
  const share = async (shared: Poll, wantedAt: number): Promise<TargetView> => {
    const shown = isYoung(shared, wantedAt)
      ? await within(shared.view, wantedAt - performance.now())
      : await endingAt(shared, wantedAt);
    if (shown === undefined) return latest ?? unfinished(unfinishedPoll(options));
    const gaveUpEarly =
      isTimeout(shown) &&
      shown.verdict.exhausted !== true &&
      (shared.giveUp.signal.aborted || shared.endsAt < wantedAt);
    const endedAt = performance.now();
    const left = wantedAt - endedAt;
    if (closed || !gaveUpEarly || left <= endedAt - shared.startedAt) return shown;
    return share(underWay ?? startPoll(left), wantedAt);
  };

  /** The last view with the kernel's figures of now. */
  const refresh = async (view: TargetView): Promise<TargetView> => {
    if (options.readHost === undefined || parts === undefined || closed) return view;
    if (performance.now() - hostReadAt <= freshMilliseconds) return view;
    const host = await readHost(false);
    return parts === undefined ? view : show({ ...parts, ...present({ host }) });
  };

  /** The last view, where a poll would only be one more connection in the queue of a server that answers nobody. */
  const viewOfSilentServer = async (): Promise<TargetView | undefined> => {
    const last = latest;
    if (last === undefined || !isTimeout(last)) return undefined;
    if (performance.now() - polledAt > backOffAfterSilenceMilliseconds) return undefined;
    const { host } = await refresh(last);
    const { listen = [] } = host ?? {};
    const waits = listen.length === 0 || listen.some(({ queueLength }) => queueLength > 0);
    return waits ? latest : undefined;
  };

  return {
    identity,
    statusUrl: options.statusUrl,
    latest: () => latest,
    memory: () => memory,
    close() {
      closed = true;
      underWay?.giveUp.abort();
      fetcher.close();
    },
    async observe(deadlineMilliseconds) {
      const wantedAt = performance.now() + deadlineMilliseconds;
      return refresh(await share(underWay ?? startPoll(deadlineMilliseconds), wantedAt));
    },
    async sample(deadlineMilliseconds) {
      if (sampling) {
        samples = countMissedSample(samples, latest);
        return;
      }
      sampling = true;
      const sampled =
        (await viewOfSilentServer()) ?? (await (underWay ?? startPoll(deadlineMilliseconds)).view);
      sampling = false;
      samples =
        sampled.observation.outcome.kind === 'answered'
          ? countSample(samples, sampled.figures)
          : countMissedSample(samples, sampled);
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

/** Makes a poll give up when a caller's time is over. */
async function endingAt(poll: Poll, wantedAt: number): Promise<TargetView> {
  const timer = setTimeout(() => poll.giveUp.abort(), Math.max(0, wantedAt - performance.now()));
  return poll.view.finally(() => clearTimeout(timer));
}

/** Whether a caller's time is over before the server has had about a second to answer. */
function isYoung(poll: Poll, wantedAt: number): boolean {
  return wantedAt - poll.startedAt < shortestPollMilliseconds * 0.9;
}

/** Undefined where nothing comes in time; whatever comes later is not waited for. */
async function within<T>(
  work: Promise<T> | undefined,
  milliseconds: number,
): Promise<T | undefined> {
  if (work === undefined) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, milliseconds));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
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

function present(read: {
  readonly host?: HostFigures | undefined;
  readonly holders?: SlotHolders | undefined;
  readonly config?: ConfigView | undefined;
}): Pick<Parts, 'host' | 'holders' | 'config'> {
  return {
    ...(read.host === undefined ? {} : { host: read.host }),
    ...(read.holders === undefined ? {} : { holders: read.holders }),
    ...(read.config === undefined ? {} : { config: read.config }),
  };
}

function versionOf(answered: Observation | undefined): string | undefined {
  return answered?.outcome.kind === 'answered' ? answered.outcome.version : undefined;
}

/** What is shown when the first caller of all leaves before the server could answer: no fact about the server. */
function unfinished(observation: Observation): TargetView {
  const failures = Object.fromEntries(scrapeResults.map((result) => [result, 0])) as Record<
    ScrapeFailureResult,
    number
  >;
  return {
    observation,
    verdict: { evidence: [] },
    counters: { failures, badFields: 0, samples: noSamples },
  };
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
