import { highest, perTarget, type Query, rate, type Select, sum, targetLegend } from './query.ts';

/**
 * The exporter samples once a second, so these show what happened between two scrapes. A bucket counts the samples at or
 * below its bound; the others are above it.
 */
export function sampledQueries(select: Select) {
  const above = (bound: string): string =>
    shareAbove({ select, histogram: 'webserver_worker_saturation_samples', bound });
  return {
    fullTime: { expr: above('0.95'), legend: targetLegend },
    worstFullTime: highest(`(${above('0.95')})`),
    above80: { expr: `max(${above('0.8')})`, legend: 'above 80 %' },
    above90: { expr: `max(${above('0.9')})`, legend: 'above 90 %' },
    above95: { expr: `max(${above('0.95')})`, legend: 'above 95 %' },
  } as const satisfies Record<string, Query>;
}

interface Above {
  readonly select: Select;
  readonly histogram: string;
  readonly bound: string;
}

function shareAbove({ select, histogram, bound }: Above): string {
  const within = sum(rate(select(`${histogram}_bucket`, `le="${bound}"`)), perTarget);
  const all = sum(rate(select(`${histogram}_count`)), perTarget);
  return `1 - ${within} / (${all} > 0)`;
}
