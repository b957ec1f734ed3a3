import type { Exposition } from '../../test/support/exposition.ts';

/** When each series was seen for the first time. */
export interface SeriesLedger {
  /** By family and target, then by series: seconds. */
  readonly groups: Map<string, Map<string, number>>;
}

export interface SeriesGrowth {
  /** Series there were until then, gone ones included. */
  readonly before: number;
  /** Those that came later, by family and target; of families that were there before. */
  readonly grown: readonly { readonly group: string; readonly series: number }[];
}

export function createSeriesLedger(): SeriesLedger {
  return { groups: new Map() };
}

/** @returns how many series the scrape has */
export function noteSeries({ groups }: SeriesLedger, scrape: Exposition, seconds: number): number {
  let count = 0;
  for (const [family, { samples }] of scrape.families) {
    for (const { name, labels } of samples) {
      const group = `${family} of ${labels['target'] ?? 'the exporter'}`;
      const series = JSON.stringify([name, labels]);
      const known = groups.get(group) ?? new Map<string, number>();
      groups.set(group, known);
      if (!known.has(series)) known.set(series, seconds);
      count += 1;
    }
  }
  return count;
}

/**
 * What came after a moment. Series whose labels change all the time, such as a process id, count each time, although
 * their number at any moment does not grow. A family seen for the first time is no growth: the advice of a target
 * begins with its tenth minute of traffic, all timeouts at once.
 */
export function growthSince({ groups }: SeriesLedger, moment: number): SeriesGrowth {
  let before = 0;
  const grown = [];
  for (const [group, series] of groups) {
    const known = [...series.values()].filter((seconds) => seconds <= moment).length;
    before += known;
    if (known > 0 && series.size > known) grown.push({ group, series: series.size - known });
  }
  return { before, grown };
}
