import type { Readable } from 'node:stream';
import type { LogsConfig, TargetConfig } from '../config/schema.ts';
import { createGapTracker, type GapTracker } from '../derive/gap-state.ts';
import { summarizeGaps } from '../derive/gap-tracker.ts';
import { mergeSources } from '../derive/merge-sources.ts';
import { restoreCounts } from '../derive/restore-counts.ts';
import { openPipeInput } from '../io/named-pipe.ts';
import { openPathInput } from '../io/path-input.ts';
import { openStreamInput } from '../io/stream-input.ts';
import { openSyslogInput } from '../io/syslog-input.ts';
import type { CriStream } from '../parse/cri-line.ts';
import { errorLogEvents } from '../parse/error-log-event.ts';
import type { Meaning } from '../parse/log-format/field-meanings.ts';
import type { HashKey } from '../parse/log-format/hash-address.ts';
import { explainMissing } from '../parse/log-format/parse-log-format.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';
import type { LogCounts } from '../snapshot/log-counts.ts';
import {
  type KeepaliveTimeout,
  type LogView,
  noSourceStats,
  type SourceView,
} from '../snapshot/log-source.ts';
import { compileSourceFormat, tellsConnections } from './compile-source-format.ts';
import type { InputRegistry, Subscription } from './input-registry.ts';
import { readKeepaliveTimeout } from './keepalive-timeout.ts';
import {
  accessSink,
  type ErrorEventCounts,
  errorSink,
  noAccessCounts,
  noErrorEvents,
} from './line-sinks.ts';
import type { Log } from './log.ts';
import { createLogEvidence, type LogEvidence } from './log-evidence.ts';

/** What a target's counts were when they were saved: from outside, to be checked. */
export interface SavedCounts {
  readonly access?: unknown;
  readonly errorEvents: Readonly<Record<string, number>>;
}

export interface TargetLogsOptions {
  readonly config: TargetConfig;
  readonly logs: LogsConfig;
  /** What to go on from. */
  readonly saved: SavedCounts | undefined;
  /** Whether lines before the saved counts' end may still come: totals must not seem to fall. */
  readonly isCaughtUp: boolean;
  /** By which addresses are hashed. */
  readonly addressKey: HashKey;
  readonly stdin: Readable;
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** How a poll of all inputs ended. */
export interface InputsPoll {
  /** Unix time in seconds. */
  readonly startedAt: number;
  /** Keys of the inputs that have more at once. */
  readonly more: ReadonlySet<string>;
  isReading(key: string): boolean;
}

/** The counter of one target: what is counted, from the lines of which inputs. It owns no descriptor. */
export interface TargetLogs {
  readonly subscriptions: readonly Subscription[];
  afterPoll(poll: InputsPoll): void;
  isCaughtUp(): boolean;
  view(inputs: InputRegistry): LogView;
  /** Seconds since an error log last said that there is no slot left; undefined when none speaks for now. */
  exhaustedSecondsAgo(): number | undefined;
  /**
   * What the connections in the access logs did; undefined where no format tells them apart.
   *
   * @param todaySeconds the timeout in force, where it is known; with another than before, following begins anew
   */
  summarizeGaps(todaySeconds?: number): GapSummary | undefined;
  counts(): { readonly access: LogCounts; readonly errorEvents: ErrorEventCounts };
}

type AccessLogConfig = TargetConfig['access_logs'][number];

/** Prepares the counter of a target; a source whose format cannot be had is left out and told. */
export async function openTargetLogs(options: TargetLogsOptions): Promise<TargetLogs> {
  const { config, logs, saved, now } = options;
  const access = restoreAccess(options);
  const errorEvents = restoreEvents(saved);
  const evidences = new Map<string, LogEvidence>();
  let caughtUp = options.isCaughtUp;
  const { subscriptions, refused, tells, tracked } = await subscribeAccess(options, access);

  for (const { path, cri } of config.error_logs) {
    const evidence = createLogEvidence(now);
    const sink = errorSink({
      server: config.server,
      counts: errorEvents,
      onEvent: evidence.take,
    });
    const stream = cri ? ({ cri: 'stderr' } as const) : {};
    const wanted = { role: 'error', config, logs, path, consume: sink, ...stream } as const;
    const subscription = subscribePath(wanted);
    subscriptions.set(subscription.key, subscription);
    evidences.set(subscription.key, evidence);
  }

  return {
    subscriptions: [...subscriptions.values()],
    afterPoll({ startedAt, more, isReading }) {
      caughtUp ||= ![...subscriptions.keys()].some((key) => more.has(key));
      for (const [key, evidence] of evidences) {
        const poll = { startedAt, hasMore: more.has(key), isReading: isReading(key) };
        evidence.afterPoll(poll);
      }
    },
    isCaughtUp: () => caughtUp,
    view: (inputs) => ({
      ...(caughtUp && config.access_logs.length > 0 ? { access } : {}),
      ...(caughtUp && config.error_logs.length > 0 ? { errorEvents } : {}),
      ...(tracked === undefined ? {} : viewTracked(tracked)),
      tells,
      sources: mergeSources([...viewSources(subscriptions, inputs), ...refused]),
    }),
    exhaustedSecondsAgo() {
      const ages = [...evidences.values()].flatMap((log) => log.exhaustedSecondsAgo() ?? []);
      return ages.length === 0 ? undefined : Math.min(...ages);
    },
    summarizeGaps(seconds) {
      if (tracked === undefined) return undefined;
      if (seconds !== undefined && seconds !== tracked.timeout.seconds) {
        tracked.timeout = { seconds, source: 'config' };
        tracked.tracker = createGapTracker({ todaySeconds: seconds });
      }
      return summarizeGaps(tracked.tracker);
    },
    counts: () => ({ access, errorEvents }),
  };
}

function* viewSources(
  subscriptions: ReadonlyMap<string, Subscription>,
  inputs: InputRegistry,
): Generator<SourceView> {
  for (const [key, { source }] of subscriptions) {
    const view = inputs.view(key);
    if (view !== undefined) yield { source, ...view };
  }
}

interface AccessSubscriptions {
  readonly subscriptions: Map<string, Subscription>;
  /** Sources that are not read for their format. */
  readonly refused: readonly SourceView[];
  readonly tells: ReadonlySet<string>;
  /** Absent where no format tells connections apart. */
  readonly tracked: Tracked | undefined;
}

/** Begun anew when the server has another timeout: under it the gaps mean something else. */
interface Tracked {
  tracker: GapTracker;
  timeout: KeepaliveTimeout;
}

function viewTracked({ tracker: { gaps, missed }, timeout }: Tracked): Partial<LogView> {
  return {
    gaps: { gap: gaps.histogram, missed: missed.histogram },
    keepaliveTimeout: timeout,
  };
}

async function subscribeAccess(
  options: TargetLogsOptions,
  counts: LogCounts,
): Promise<AccessSubscriptions> {
  const { config, log } = options;
  const subscriptions = new Map<string, Subscription>();
  const refused: SourceView[] = [];
  const tells = new Set<Meaning>();
  let tracked: Tracked | undefined;
  for (const source of config.access_logs) {
    const format = await compileSourceFormat(source, config, options.addressKey);
    if (!format.ok) {
      const condition = { reason: 'bad_format', remedy: format.error } as const;
      refused.push({ source: nameOf(source), stats: noSourceStats, condition });
      log.error('a log is not read', { target: config.name, error: format.error });
      continue;
    }
    for (const meaning of format.value.gives) tells.add(meaning);
    // nginx tells aborts by status 499.
    if (config.server === 'nginx' && tells.has('status')) tells.add('aborted');
    const canTrack = tellsConnections(format.value.gives);
    if (canTrack) tracked ??= await startTracker(options);
    const consume = accessSink({
      counts,
      format: format.value,
      now: options.now,
      ...(canTrack && tracked !== undefined ? { tracked } : {}),
    });
    const subscription = subscribe(source, { consume, options });
    subscriptions.set(subscription.key, subscription);
  }
  // What one log of a target lacks another may tell.
  const missing = subscriptions.size === 0 ? [] : explainMissing(tells, config.server);
  for (const sentence of missing) {
    log.warn('the log format lacks a field', { target: config.name, missing: sentence });
  }
  return { subscriptions, refused, tells, tracked };
}

async function startTracker({ config, log }: TargetLogsOptions): Promise<Tracked> {
  const timeout = await readKeepaliveTimeout(config, log);
  return { timeout, tracker: createGapTracker({ todaySeconds: timeout.seconds }) };
}

function nameOf({ path, syslog, pipe }: AccessLogConfig): string {
  return path ?? syslog ?? pipe ?? 'stdin';
}

interface SubscribeOptions {
  readonly consume: LineConsumer;
  readonly options: TargetLogsOptions;
}

/** What cannot be read a second time is shared by all targets; a place in a file belongs to one target's counts. */
function subscribe(
  source: AccessLogConfig,
  { consume, options: { config, logs, stdin } }: SubscribeOptions,
): Subscription {
  const common = { target: config.name, source: nameOf(source), consume };
  const { path, syslog, pipe } = source;
  if (path !== undefined) {
    const stream = source.cri ? ({ cri: 'stdout' } as const) : {};
    return subscribePath({ role: 'access', config, logs, path, consume, ...stream });
  }
  if (syslog !== undefined) {
    const open = (take: LineConsumer) => openSyslogInput(syslog, take);
    return { ...common, ...unplaced(`syslog:${syslog}`), open };
  }
  if (pipe !== undefined) {
    return { ...common, ...unplaced(`pipe:${pipe}`), open: (take) => openPipeInput(pipe, take) };
  }
  return { ...common, ...unplaced('stdin'), open: (take) => openStreamInput(stdin, take) };
}

interface PathSubscription {
  readonly role: 'access' | 'error';
  readonly config: TargetConfig;
  readonly logs: LogsConfig;
  readonly path: string;
  readonly consume: LineConsumer;
  readonly cri?: CriStream;
}

/** Nothing is read a second time there: no place is kept under the key. */
function unplaced(key: string) {
  return { key, placeKey: key };
}

function subscribePath(wanted: PathSubscription): Subscription {
  const { role, config, logs, path, consume, cri } = wanted;
  const placeKey = JSON.stringify([config.name, role, path]);
  return {
    key: `${placeKey} ${cri ?? ''}`,
    placeKey,
    target: config.name,
    source: path,
    consume,
    open: (take, place) =>
      openPathInput({
        pattern: path,
        consume: take,
        start: logs.start,
        ...(cri === undefined ? {} : { cri }),
        ...(place === undefined ? {} : { place }),
      }),
  };
}

function restoreAccess({ config, logs, saved, log }: TargetLogsOptions): LogCounts {
  const fresh = noAccessCounts(config, logs);
  if (saved?.access === undefined) return fresh;
  const restored = restoreCounts(saved.access, fresh);
  if (restored === undefined && config.access_logs.length > 0) {
    log.warn('access-log counts begin anew: buckets or virtual hosts have changed', {
      target: config.name,
    });
  }
  return restored ?? fresh;
}

function restoreEvents(saved: SavedCounts | undefined): ErrorEventCounts {
  const counts = noErrorEvents();
  for (const event of errorLogEvents) counts[event] = saved?.errorEvents[event] ?? 0;
  return counts;
}
