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

/**
 * Series of the chosen targets, of both servers or of the one named. `shown`: of those of them that have panels of
 * their own.
 */
export function selectTargets(
  server?: 'apache' | 'nginx',
  variable: 'target' | 'shown' = 'target',
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
 * The part of a series that comes from exporters of ours. Every job has `up`, and every Node process the process
 * metrics: under All they would be counted too. A day back, because an exporter that is down must stay in.
 */
export function ofOurExporters(series: string): string {
  const ours = `last_over_time(${selectExporters('keepalive_exporter_build_info')}[1d])`;
  return `(${series} and on (job, instance) ${ours})`;
}

/**
 * A ratio of slots as it is for visitors: 1 for an exhausted target, whatever its last page said and also when there
 * is no ratio at all. `or` matches by labels, so the exhausted ones hide their own ratio; the aggregation takes the
 * names away, or Grafana would draw two series for one target.
 */
export function fullIsOne({ select, metric }: FullIsOne): string {
  return `max ${perTarget} (${select('webserver_exhausted')} == 1 or ${select(metric)})`;
}

/** The same over the time of the dashboard: the highest value, which the moment a table is looked at hides. */
export function highestWithFull({ select, metric }: FullIsOne): string {
  const highest = (name: string): string => `max_over_time(${select(name)}[$__range])`;
  return `max ${perTarget} (${highest('webserver_exhausted')} == 1 or ${highest(metric)})`;
}

/**
 * The dozen that were worst at some time of the dashboard, which is what a panel has room for: Grafana turns pages
 * after twenty rows, and the full server of fifty was on the second. `@ end()` keeps the choice the same at every step.
 */
export function worstTwelve(expr: string): string {
  return `${expr} and topk(12, max_over_time((${expr})[$__range:$__interval] @ end()))`;
}

export interface FullIsOne {
  readonly select: Select;
  readonly metric: string;
}

export interface NamesOf {
  /** 1 for each one in trouble, nothing for the others. */
  readonly bad: string;
  readonly of: string;
  /** The label that names them. */
  readonly label: 'target' | 'instance';
}

/** The worst few by name, or a 0 named `all` where all is well: `or on ()` gives way to any series. */
export function namesOf({ bad, of, label }: NamesOf): string {
  return `topk(4, ${bad}) or on () label_replace(0 * count(${of}), "${label}", "all", "", "")`;
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
