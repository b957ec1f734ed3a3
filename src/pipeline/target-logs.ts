import type { Readable } from 'node:stream';
import type { LogsConfig, TargetConfig } from '../config/schema.ts';
import { createGapTracker, type GapTracker } from '../derive/gap-state.ts';
import { summarizeGaps } from '../derive/gap-tracker.ts';
import { mergeSources } from '../derive/merge-sources.ts';
import { restoreCounts } from '../derive/restore-counts.ts';
import { errorLogEvents } from '../parse/error-log-event.ts';
import type { CompiledFormat } from '../parse/log-format/compile.ts';
import type { HashKey } from '../parse/log-format/hash-address.ts';
import { explainMissing, withAborts } from '../parse/log-format/parse-log-format.ts';
import type { Result } from '../result.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';
import type { LogCounts } from '../snapshot/log-counts.ts';
import type { Meaning } from '../snapshot/log-record.ts';
import {
  type KeepaliveTimeout,
  type LogView,
  noSourceStats,
  type SourceView,
} from '../snapshot/log-source.ts';
import { compileSourceFormat, identifiesConnections } from './compile-source-format.ts';
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
import { type AccessLogConfig, nameOf, subscribe, subscribePath } from './source-subscription.ts';

/** What a target's counts were when they were saved: from outside, to be checked. */
export interface SavedCounts {
  readonly access?: unknown;
  readonly errorEvents: Readonly<Record<string, number>>;
}

export interface TargetLogsOptions {
  readonly config: TargetConfig;
  readonly logs: LogsConfig;
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

/**
 * Prepares the counter of a target; a source whose format cannot be had is left out and told. What is to be waited for
 * comes first: until the counter begins, another one may be given the lines it goes on from.
 *
 * @returns begins with the counts saved by then
 */
export async function prepareTargetLogs(
  options: TargetLogsOptions,
): Promise<(saved: SavedCounts | undefined) => TargetLogs> {
  const sources = await compileSources(options);
  const isTracked = sources.some(
    ({ format }) => format.ok && identifiesConnections(format.value.fields),
  );
  const timeout = isTracked ? await readKeepaliveTimeout(options.config, options.log) : undefined;
  return (saved) => beginTargetLogs({ ...options, saved, sources, timeout });
}

interface CompiledSource {
  readonly source: AccessLogConfig;
  readonly format: Result<CompiledFormat, string>;
}

interface BeginOptions extends TargetLogsOptions {
  readonly saved: SavedCounts | undefined;
  readonly sources: readonly CompiledSource[];
  /** Absent where no format tells connections apart. */
  readonly timeout: KeepaliveTimeout | undefined;
}

async function compileSources({
  config,
  addressKey,
}: TargetLogsOptions): Promise<readonly CompiledSource[]> {
  const sources: CompiledSource[] = [];
  for (const source of config.access_logs) {
    sources.push({ source, format: await compileSourceFormat(source, config, addressKey) });
  }
  return sources;
}

function beginTargetLogs(options: BeginOptions): TargetLogs {
  const { config, logs, saved, now } = options;
  const access = restoreAccess(options);
  const errorEvents = restoreEvents(saved);
  const evidences = new Map<string, LogEvidence>();
  let caughtUp = options.isCaughtUp;
  const { subscriptions, refused, fields, tracked } = subscribeAccess(options, access);

  for (const { path, cri, ring } of config.error_logs) {
    const evidence = createLogEvidence(now);
    const sink = errorSink({
      server: config.server,
      counts: errorEvents,
      onEvent: evidence.take,
    });
    const stream = cri ? ({ cri: 'stderr' } as const) : {};
    const wanted = { role: 'error', config, logs, path, ring, consume: sink, ...stream } as const;
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
      fields,
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
  readonly fields: ReadonlySet<Meaning>;
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

function subscribeAccess(options: BeginOptions, counts: LogCounts): AccessSubscriptions {
  const { config, log, timeout } = options;
  const subscriptions = new Map<string, Subscription>();
  const refused: SourceView[] = [];
  const found = new Set<Meaning>();
  const tracked = timeout && {
    timeout,
    tracker: createGapTracker({ todaySeconds: timeout.seconds }),
  };
  for (const { source, format } of options.sources) {
    if (!format.ok) {
      const condition = { reason: 'bad_format', remedy: format.error } as const;
      refused.push({ source: nameOf(source), stats: noSourceStats, condition });
      log.error('a log is not read', { target: config.name, error: format.error });
      continue;
    }
    for (const meaning of format.value.fields) found.add(meaning);
    const canTrack = identifiesConnections(format.value.fields);
    const consume = accessSink({
      counts,
      format: format.value,
      now: options.now,
      ...(canTrack && tracked !== undefined ? { tracked } : {}),
    });
    const subscription = subscribe(source, { ...options, consume });
    subscriptions.set(subscription.key, subscription);
  }
  // What one log of a target lacks another may contain.
  const missing = subscriptions.size === 0 ? [] : explainMissing(found, config.server);
  for (const sentence of missing) {
    log.warn('the log format lacks a field', { target: config.name, missing: sentence });
  }
  const fields = withAborts(found, config.server);
  return { subscriptions, refused, fields, tracked };
}

function restoreAccess({ config, logs, saved, log }: BeginOptions): LogCounts {
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
