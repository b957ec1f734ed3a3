import type { LogsConfig, TargetConfig } from '../config/schema.ts';
import type { CompiledFormat } from '../parse/log-format/compile.ts';
import { explainMissing, withAborts } from '../parse/log-format/parse-log-format.ts';
import { present } from '../present.ts';
import type { Result } from '../result.ts';
import type { LogCounts } from '../snapshot/log-counts.ts';
import type { Meaning } from '../snapshot/log-record.ts';
import { noSourceStats, type SourceView } from '../snapshot/log-source.ts';
import { identifiesConnections } from './compile-source-format.ts';
import type { FollowedGaps } from './followed-gaps.ts';
import type { Subscription } from './input-registry.ts';
import { accessSink } from './line-sinks.ts';
import type { Log } from './log.ts';
import {
  type AccessLogConfig,
  nameOf,
  type SubscribeOptions,
  subscribe,
} from './source-subscription.ts';

export interface CompiledSource {
  readonly source: AccessLogConfig;
  /** An error explains why the format cannot be used. */
  readonly format: Result<CompiledFormat, string>;
}

export interface SubscribeAccessOptions extends Omit<SubscribeOptions, 'consume'> {
  readonly config: TargetConfig;
  readonly logs: LogsConfig;
  readonly sources: readonly CompiledSource[];
  readonly counts: LogCounts;
  /** Absent where no format identifies connections. */
  readonly gaps: FollowedGaps | undefined;
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
}

export interface AccessSubscriptions {
  readonly subscriptions: readonly Subscription[];
  /** Sources that are not read because their format cannot be used. */
  readonly refused: readonly SourceView[];
  /** The fields that the formats of all sources contain together. */
  readonly fields: ReadonlySet<Meaning>;
}

/** Subscribes to the access logs of a target whose format can be used. */
export function subscribeAccess(options: SubscribeAccessOptions): AccessSubscriptions {
  const { config, log } = options;
  const subscriptions: Subscription[] = [];
  const refused: SourceView[] = [];
  const found = new Set<Meaning>();
  for (const { source, format } of options.sources) {
    if (!format.ok) {
      const condition = { reason: 'bad_format', remedy: format.error } as const;
      refused.push({ source: nameOf(source), stats: noSourceStats, condition });
      log.error('a log is not read', { target: config.name, error: format.error });
      continue;
    }
    for (const field of format.value.fields) found.add(field);
    subscriptions.push(subscribeSource(source, format.value, options));
  }
  // A field that one log of a target lacks may be in another.
  const missing = subscriptions.length === 0 ? [] : explainMissing(found, config.server);
  for (const sentence of missing) {
    log.warn('the log format lacks a field', { target: config.name, missing: sentence });
  }
  return { subscriptions, refused, fields: withAborts(found, config.server) };
}

function subscribeSource(
  source: AccessLogConfig,
  format: CompiledFormat,
  options: SubscribeAccessOptions,
): Subscription {
  const { counts, now } = options;
  const gaps = identifiesConnections(format.fields) ? options.gaps : undefined;
  const consume = accessSink({ counts, format, now, ...present({ gaps }) });
  return subscribe(source, { ...options, consume });
}
