import type { Readable } from 'node:stream';
import type { LogsConfig, TargetConfig } from '../config/schema.ts';
import { mergeSources } from '../derive/merge-sources.ts';
import type { FileQuota } from '../io/file-quota.ts';
import type { HashKey } from '../parse/log-format/hash-address.ts';
import { present } from '../present.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';
import type { LogCounts } from '../snapshot/log-counts.ts';
import type { Meaning } from '../snapshot/log-record.ts';
import type { KeepaliveTimeout, LogView, SourceView } from '../snapshot/log-source.ts';
import { compileSourceFormat, identifiesConnections } from './compile-source-format.ts';
import { type FollowedGaps, followGaps } from './followed-gaps.ts';
import type { InputRegistry, Subscription } from './input-registry.ts';
import { readKeepaliveTimeout } from './keepalive-timeout.ts';
import { type ErrorEventCounts, errorSink } from './line-sinks.ts';
import type { Log } from './log.ts';
import { createLogEvidence, type LogEvidence } from './log-evidence.ts';
import { restoreAccessCounts, restoreErrorEvents, type SavedCounts } from './restore-log-counts.ts';
import { subscribePath } from './source-subscription.ts';
import { type CompiledSource, subscribeAccess } from './subscribe-access.ts';

export interface TargetLogsOptions {
  readonly config: TargetConfig;
  readonly logs: LogsConfig;
  /** False while lines that the saved counts include may still be unread: totals must not seem to fall. */
  readonly isCaughtUp: boolean;
  /** Hashes the addresses of clients. */
  readonly addressKey: () => HashKey;
  readonly stdin: Readable;
  /** How many files all logs together may have open. Absent: no bound. */
  readonly quota?: FileQuota;
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** How a check of all inputs ended. */
export interface InputsCheck {
  /** Unix time in seconds. */
  readonly startedAt: number;
  /** Keys of the inputs that have more to read at once. */
  readonly more: ReadonlySet<string>;
  isReading(key: string): boolean;
}

/** The counts of one target, and the inputs whose lines are counted. It owns no file descriptor. */
export interface TargetLogs {
  readonly subscriptions: readonly Subscription[];
  afterCheck(check: InputsCheck): void;
  isCaughtUp(): boolean;
  view(inputs: InputRegistry): LogView;
  /** Seconds since an error log last reported that no slot was free; undefined when no log shows that now. */
  exhaustedSecondsAgo(): number | undefined;
  /**
   * The gaps on the connections in the access logs; undefined where no format identifies connections.
   *
   * @param todaySeconds the timeout in force, if it is known; another one than before discards the gaps seen so far
   */
  summarizeGaps(todaySeconds?: number): GapSummary | undefined;
  counts(): { readonly access: LogCounts; readonly errorEvents: ErrorEventCounts };
}

/**
 * Prepares the counts of a target. A source whose format cannot be used is left out and logged. All that must be
 * awaited is done here: until the returned function is called, earlier counts may still receive lines.
 *
 * @returns starts counting from the counts saved by then
 */
export async function prepareTargetLogs(
  options: TargetLogsOptions,
): Promise<(saved: SavedCounts | undefined) => TargetLogs> {
  const sources = await compileSources(options);
  const isFollowed = sources.some(
    ({ format }) => format.ok && identifiesConnections(format.value.fields),
  );
  const timeout = isFollowed ? await readKeepaliveTimeout(options.config) : undefined;
  return (saved) => new CountedLogs({ ...options, saved, sources, timeout });
}

async function compileSources({
  config,
  addressKey,
}: TargetLogsOptions): Promise<readonly CompiledSource[]> {
  const sources: CompiledSource[] = [];
  for (const source of config.access_logs) {
    sources.push({ source, format: await compileSourceFormat(source, config, addressKey()) });
  }
  return sources;
}

interface CountedLogsOptions extends TargetLogsOptions {
  readonly saved: SavedCounts | undefined;
  readonly sources: readonly CompiledSource[];
  /** Absent where no format identifies connections. */
  readonly timeout: KeepaliveTimeout | undefined;
}

class CountedLogs implements TargetLogs {
  readonly subscriptions: readonly Subscription[];
  readonly #config: TargetConfig;
  readonly #access: LogCounts;
  readonly #errorEvents: ErrorEventCounts;
  readonly #gaps: FollowedGaps | undefined;
  readonly #fields: ReadonlySet<Meaning>;
  readonly #refused: readonly SourceView[];
  /** By the key of the error log. */
  readonly #evidence = new Map<string, LogEvidence>();
  #caughtUp: boolean;

  constructor(options: CountedLogsOptions) {
    const { timeout } = options;
    this.#config = options.config;
    this.#caughtUp = options.isCaughtUp;
    this.#access = restoreAccessCounts(options);
    this.#errorEvents = restoreErrorEvents(options.saved);
    this.#gaps = timeout === undefined ? undefined : followGaps(timeout);
    const access = subscribeAccess({ ...options, counts: this.#access, gaps: this.#gaps });
    this.#fields = access.fields;
    this.#refused = access.refused;
    this.subscriptions = uniqueByKey([...access.subscriptions, ...this.#subscribeErrors(options)]);
  }

  afterCheck({ startedAt, more, isReading }: InputsCheck): void {
    this.#caughtUp ||= !this.subscriptions.some(({ key }) => more.has(key));
    for (const [key, evidence] of this.#evidence) {
      evidence.afterCheck({ startedAt, hasMore: more.has(key), isReading: isReading(key) });
    }
  }

  isCaughtUp(): boolean {
    return this.#caughtUp;
  }

  view(inputs: InputRegistry): LogView {
    const { access_logs, error_logs } = this.#config;
    return {
      ...present({
        access: this.#caughtUp && access_logs.length > 0 ? this.#access : undefined,
        errorEvents: this.#caughtUp && error_logs.length > 0 ? this.#errorEvents : undefined,
      }),
      ...this.#gaps?.view(),
      fields: this.#fields,
      sources: mergeSources([...viewSources(this.subscriptions, inputs), ...this.#refused]),
    };
  }

  exhaustedSecondsAgo(): number | undefined {
    const ages = [...this.#evidence.values()].flatMap((log) => log.exhaustedSecondsAgo() ?? []);
    return ages.length === 0 ? undefined : Math.min(...ages);
  }

  summarizeGaps(todaySeconds?: number): GapSummary | undefined {
    return this.#gaps?.summarize(todaySeconds);
  }

  counts(): { readonly access: LogCounts; readonly errorEvents: ErrorEventCounts } {
    return { access: this.#access, errorEvents: this.#errorEvents };
  }

  #subscribeErrors({ config, logs, now, quota }: CountedLogsOptions): readonly Subscription[] {
    return config.error_logs.map(({ path, cri, ring }) => {
      const evidence = createLogEvidence(now);
      const { server } = config;
      const consume = errorSink({ server, counts: this.#errorEvents, onEvent: evidence.take });
      const stream = present({ cri: cri ? ('stderr' as const) : undefined, quota });
      const wanted = { role: 'error', config, logs, path, ring, consume, ...stream } as const;
      const subscription = subscribePath(wanted);
      this.#evidence.set(subscription.key, evidence);
      return subscription;
    });
  }
}

/** Of equal sources the last one is read. */
function uniqueByKey(subscriptions: readonly Subscription[]): readonly Subscription[] {
  return [...new Map(subscriptions.map((one) => [one.key, one])).values()];
}

function* viewSources(
  subscriptions: readonly Subscription[],
  inputs: InputRegistry,
): Generator<SourceView> {
  for (const { key, source } of subscriptions) {
    const view = inputs.view(key);
    if (view !== undefined) yield { source, ...view };
  }
}
