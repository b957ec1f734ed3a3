import type { ApacheStatus } from '../snapshot/apache-status.ts';
import type { NginxStatus } from '../snapshot/nginx-status.ts';
import type { LoggedTarget, TargetView } from '../snapshot/target-view.ts';
import type { Sample } from './family.ts';

/** The labels of every family about a target. */
export const targetLabels = ['target', 'server'] as const;
export type TargetLabel = (typeof targetLabels)[number];

export type TargetLabels = Readonly<Record<TargetLabel, string>>;

export function labelsOf({ observation }: LoggedTarget): TargetLabels {
  return { target: observation.target.name, server: observation.target.server };
}

/** The outcome of a poll that was answered. */
export function answered(view: TargetView) {
  const { outcome } = view.observation;
  return outcome.kind === 'answered' ? outcome : undefined;
}

export function apacheOf(view: TargetView): ApacheStatus | undefined {
  const snapshot = answered(view)?.snapshot;
  return snapshot?.kind === 'apache' ? snapshot : undefined;
}

export function nginxOf(view: TargetView): NginxStatus | undefined {
  const snapshot = answered(view)?.snapshot;
  return snapshot?.kind === 'nginx' ? snapshot : undefined;
}

/** One sample, or none if the value is unknown. */
export function known<L extends string>(
  labels: Readonly<Record<L, string>>,
  value: number | undefined,
): readonly Sample<L>[] {
  return value === undefined ? [] : [{ labels, value }];
}

/** One sample for each state with a known value. */
export function states<L extends string>(
  labels: Readonly<Record<L, string>>,
  values: Readonly<Record<string, number | undefined>>,
): readonly Sample<L | 'state'>[] {
  return Object.entries(values).flatMap(([state, value]) =>
    known({ ...labels, state } as Readonly<Record<L | 'state', string>>, value),
  );
}
