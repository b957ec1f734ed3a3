import type { LogsConfig, TargetConfig } from '../config/schema.ts';
import { restoreCounts } from '../derive/restore-counts.ts';
import type { LogCounts } from '../snapshot/log-counts.ts';
import type { SavedTarget } from './checkpoint-record.ts';
import { type ErrorEventCounts, noAccessCounts, noErrorEvents } from './line-sinks.ts';
import type { Log } from './log.ts';

/** The counts of a target, as its checkpoint has them. */
export type SavedCounts = Pick<SavedTarget, 'access' | 'errorEvents'>;

export interface RestoreOptions {
  readonly config: TargetConfig;
  readonly logs: LogsConfig;
  readonly saved: SavedCounts | undefined;
  readonly log: Log;
}

/** The saved counts, or counts of zero where none were saved or they do not fit the configuration. */
export function restoreAccessCounts({ config, logs, saved, log }: RestoreOptions): LogCounts {
  const fresh = noAccessCounts(config, logs);
  if (saved?.access === undefined) return fresh;
  const restored = restoreCounts(saved.access, fresh);
  if (restored === undefined && config.access_logs.length > 0) {
    log.warn('access-log counts restart at zero: buckets or virtual hosts have changed', {
      target: config.name,
    });
  }
  return restored ?? fresh;
}

export function restoreErrorEvents(saved: SavedCounts | undefined): ErrorEventCounts {
  return { ...noErrorEvents(), ...saved?.errorEvents };
}
