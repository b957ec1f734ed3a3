import type { TargetIdentity } from '../snapshot/target-view.ts';
import type { Config, TargetConfig } from './schema.ts';

/** A target whose status page is polled. */
export type StatusTargetConfig = TargetConfig & { readonly status_url: string };

/** False for a logs-only target. */
export function hasStatusPage(target: TargetConfig): target is StatusTargetConfig {
  return target.status_url !== undefined;
}

/** Targets without a status page. */
export function logsOnlyOf(config: Config | undefined): readonly TargetIdentity[] {
  return (config?.targets ?? [])
    .filter((target) => !hasStatusPage(target))
    .map(({ name, server }) => ({ name, server }));
}
