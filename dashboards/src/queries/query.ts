/** One PromQL query of a panel. Grafana's variables in it are explained in variables.ts. */
export interface Query {
  readonly expr: string;
  /** Name of a series, in Grafana's template form. */
  readonly legend: string;
  /** Absent: a range query drawn as a series. */
  readonly shape?: 'instant' | 'table' | 'heatmap';
}

/** The labels that make one target of one exporter; every aggregation per target keeps them. */
export const perTarget = 'by (job, instance, target, server)';

/** A target name is unique within an exporter, not across exporters. */
export const targetLegend = '{{target}} ({{instance}})';

/** Writes a selector: a metric name and more matchers than those of the scope. */
export type Select = (metric: string, ...matchers: readonly string[]) => string;

const ofExporters = ['job=~"$job"', 'instance=~"$instance"'] as const;

/** Series of the chosen targets, of both servers or of the one named. */
export function selectTargets(server?: 'apache' | 'nginx'): Select {
  const scope = [...ofExporters, 'target=~"$target"'];
  return selectWithin(server === undefined ? scope : [...scope, `server="${server}"`]);
}

/** Series of the chosen exporters that belong to no target. */
export const selectExporters: Select = selectWithin(ofExporters);

function selectWithin(scope: readonly string[]): Select {
  return (metric, ...matchers) => `${metric}{${[...scope, ...matchers].join(', ')}}`;
}

/** Per second. Grafana's $__rate_interval holds four scrapes at least, whatever the zoom. */
export function rate(series: string): string {
  return `rate(${series}[$__rate_interval])`;
}

export function increase(series: string): string {
  return `increase(${series}[$__rate_interval])`;
}

export interface Share {
  readonly part: string;
  readonly whole: string;
  /** An aggregation clause such as `by (target)`; absent: one figure over all. */
  readonly by?: string | undefined;
}

/**
 * part / whole of rates. No series of the part (no error so far) is 0, not a hole: `or 0 * whole`.
 * No traffic is a hole, not NaN: `whole > 0`.
 */
export function share({ part, whole, by }: Share): string {
  const total = sum(whole, by);
  return `((${sum(part, by)} or 0 * ${total}) / (${total} > 0))`;
}

export function sum(series: string, by?: string): string {
  return by === undefined ? `sum(${series})` : `sum ${by} (${series})`;
}
