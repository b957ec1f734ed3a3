import type { Config, TargetConfig } from '../config/schema.ts';
import type { ResolveName } from '../io/resolve-name.ts';
import type { Log } from './log.ts';
import { createTarget, type Target } from './observe-target.ts';

export interface TargetSetOptions {
  readonly resolveName: ResolveName;
  readonly log: Log;
  readonly now: () => number;
}

/** The targets of the configuration now in force. */
export interface TargetSet {
  all(): readonly Target[];
  byName(name: string): Target | undefined;
  /** Takes over a new list; a target whose configuration stays keeps its counters. */
  apply(targets: Config['targets']): void;
}

export function createTargetSet(options: TargetSetOptions): TargetSet {
  let entries: ReadonlyMap<string, { readonly key: string; readonly target: Target }> = new Map();
  return {
    all: () => [...entries.values()].map(({ target }) => target),
    byName: (name) => entries.get(name)?.target,
    apply(targets) {
      const next = new Map<string, { key: string; target: Target }>();
      for (const config of targets) {
        const key = JSON.stringify(config);
        const known = entries.get(config.name);
        const target =
          known?.key === key ? known.target : createTarget(targetOptions(config, options));
        next.set(config.name, { key, target });
      }
      entries = next;
    },
  };
}

export function targetOptions(config: TargetConfig, options: TargetSetOptions) {
  return {
    ...options,
    identity: { name: config.name, server: config.server },
    statusUrl: config.status_url,
    timeoutMilliseconds: config.timeout,
    http: config.http,
    capacity: config.capacity,
  };
}
