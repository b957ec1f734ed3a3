import type { TargetConfig } from './schema.ts';

/** A target whose status page is polled. */
export type StatusTargetConfig = TargetConfig & { readonly status_url: string };

/** False for a logs-only target. */
export function hasStatusPage(target: TargetConfig): target is StatusTargetConfig {
  return target.status_url !== undefined;
}
