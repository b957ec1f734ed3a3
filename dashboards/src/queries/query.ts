import type { Shown } from '../variables.ts';

/** One PromQL query of a panel. Grafana's variables in it are explained in variables.ts. */
export interface Query {
  readonly expr: string;
  /** Name of a series, as a Grafana template. */
  readonly legend: string;
  /** Absent: a range query drawn as a series. */
  readonly shape?: 'instant' | 'table' | 'heatmap';
}

/** The labels that identify one target of one exporter. Every aggregation by target keeps them. */
export const perTarget = 'by (job, instance, target, server)';

/** A target name is unique within an exporter, not across exporters. */
export const targetLegend = '{{target}} ({{instance}})';

/** Builds a selector from a metric name, the matchers of the scope and further matchers. */
export type Select = (metric: string, ...matchers: readonly string[]) => string;

const ofExporters = ['job=~"$job"', 'instance=~"$instance"'] as const;

/**
 * Series of the chosen targets of both servers, or of the given one. `Shown`: only of targets with panels of their own.
 */
export function selectTargets(
  server?: 'apache' | 'nginx',
  variable: 'target' | Shown = 'target',
): Select {
  const scope = [...ofExporters, `target=~"$${variable}"`];
  return selectWithin(server === undefined ? scope : [...scope, `server="${server}"`]);
}

/** Series of the chosen exporters that belong to no target. */
export const selectExporters: Select = selectWithin(ofExporters);

function selectWithin(scope: readonly string[]): Select {
  return (metric, ...matchers) => `${metric}{${[...scope, ...matchers].join(', ')}}`;
}

/**
 * Only the series of keepalive-exporter. Every job has `up`, and every Node.js process has process metrics: All would
 * include them. One day back, so that an exporter that is down stays included.
 */
export function ofOurExporters(series: string): string {
  const ours = `last_over_time(${selectExporters('keepalive_exporter_build_info')}[1d])`;
  return `(${series} and on (job, instance) ${ours})`;
}

/**
 * A ratio of slots, but 1 for an exhausted target, whatever its last status page reported and also without a ratio.
 * `or` matches by labels, so an exhausted target hides its own ratio. The aggregation removes the metric name, or
 * Grafana would draw two series for one target.
 */
export function fullIsOne({ select, metric }: FullIsOne): string {
  return `max ${perTarget} (${select('webserver_exhausted')} == 1 or ${select(metric)})`;
}

/** The highest value of the same ratio in the time range of the dashboard. */
export function highestWithFull({ select, metric }: FullIsOne): string {
  const highest = (name: string): string => `max_over_time(${select(name)}[$__range])`;
  return `max ${perTarget} (${highest('webserver_exhausted')} == 1 or ${highest(metric)})`;
}

/**
 * The twelve series with the highest values in the time range of the dashboard. Grafana splits a panel into pages after
 * twenty rows, and the full server of fifty would be on the second. `@ end()` keeps the choice the same at every step.
 */
export function worstTwelve(expr: string): string {
  return `${expr} and topk(12, max_over_time((${expr})[$__range:$__interval] @ end()))`;
}

export interface FullIsOne {
  readonly select: Select;
  readonly metric: string;
}

export interface NamesOf {
  /** 1 for each one with a problem, no sample for the others. */
  readonly bad: string;
  readonly of: string;
  /** The label with their names. */
  readonly label: 'target' | 'instance';
}

/** At most four names, or a 0 named `all` without any problem: `or on ()` yields to any series. */
export function namesOf({ bad, of, label }: NamesOf): string {
  return `topk(4, ${bad}) or on () label_replace(0 * count(${of}), "${label}", "all", "", "")`;
}

/** The highest one, with its name: the answer to "which?". */
export function highest(expr: string, label: NamesOf['label'] = 'target'): Query {
  return { expr: `topk(1, ${expr})`, legend: `{{${label}}}`, shape: 'instant' };
}

/** The lowest one, with its name. */
export function lowest(expr: string, label: NamesOf['label'] = 'target'): Query {
  return { expr: `bottomk(1, ${expr})`, legend: `{{${label}}}`, shape: 'instant' };
}

/** A band of a stack: absent if it is zero for the whole time range, so that the legend lists only what there is. */
export function band(series: readonly string[]): string {
  const highestOf = series.map((one) => `max_over_time(${one}[$__range] @ end())`);
  return `sum(${series.join(' or ')}) and sum(${highestOf.join(' or ')}) > 0`;
}

/** Per second. Grafana's $__rate_interval contains at least four scrapes. */
export function rate(series: string): string {
  return `rate(${series}[$__rate_interval])`;
}

export function increase(series: string): string {
  return `increase(${series}[$__rate_interval])`;
}

export interface Share {
  readonly part: string;
  readonly whole: string;
  /** An aggregation clause such as `by (target)`; absent: one figure for all. */
  readonly by?: string | undefined;
}

/**
 * part / whole of rates. Without a series of the part (no error so far) it is 0, not a gap: `or 0 * whole`. Without
 * traffic it is a gap, not NaN: `whole > 0`.
 */
export function share({ part, whole, by }: Share): string {
  const total = sum(whole, by);
  return `((${sum(part, by)} or 0 * ${total}) / (${total} > 0))`;
}

export function sum(series: string, by?: string): string {
  return by === undefined ? `sum(${series})` : `sum ${by} (${series})`;
}
