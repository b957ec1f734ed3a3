import { scrapeResults } from '../../../src/snapshot/scrape.ts';
import type { Query } from '../queries/query.ts';
import { activityColors, bandColors, meaning, thresholds, unit } from '../theme.ts';
import { curves } from './short-forms.ts';
import { timelinePanel } from './timeline-panel.ts';

/** Panels that several dashboards have, of their own servers. */

export function evidencePanel(query: Query) {
  return timelinePanel({
    title: 'What speaks for "full"',
    shows: 'Each evidence of exhaustion, while it holds.',
    bad: 'every bar: docs/verdict.md.',
    unit: unit.text,
    thresholds: thresholds.none,
    noValue: 'nothing has spoken for "full" in this time',
    queries: [query],
    width: 12,
    words: [
      { text: 'no', color: meaning.good },
      { text: 'holds', color: meaning.bad },
    ],
  });
}

export function fetchResultPanel(query: Query, bad: string) {
  return timelinePanel({
    title: 'Status page: how reading it ended',
    shows: 'The result of each fetch.',
    bad,
    unit: unit.text,
    thresholds: thresholds.none,
    noValue: 'no target is scraped',
    queries: [query],
    width: 12,
    words: scrapeResults.map((result, index) => ({
      text: result,
      // Not green: a full server may still have a worker for its own page.
      color: index === 0 ? meaning.neutral : meaning.bad,
    })),
  });
}

/** From what the slot figures are known: the page, the lane or the kernel. */
export function slotsSourcePanel(query: Query) {
  return timelinePanel({
    title: 'Where the slot figures come from',
    queries: [query],
    unit: unit.text,
    thresholds: thresholds.none,
    noValue: 'not told',
    width: 12,
    words: [
      { text: 'no', color: meaning.baseline },
      { text: 'in use', color: meaning.neutral },
    ],
    shows: 'The status page, the observation lane or the kernel.',
    bad: 'kernel: the status page is silent.',
  });
}

/** One stack for each target, of six at most: summed up, a full server that falls silent would look like less load. */
export function slotsPanel(queries: readonly Query[], title: string) {
  return curves({
    title: `${title} of $shown`,
    queries,
    unit: unit.count,
    thresholds: thresholds.none,
    shows: 'Who holds the slots, up to the limit. While the page is silent, as the kernel sees it.',
    bad: 'no free slot on top. Orange: idle clients hold them.',
    colors: bandColors,
    drawn: 'stacked',
    width: 24,
    height: 9,
    repeat: 'shown',
    noValue: 'unknown',
  });
}

export function connectionsPanel(queries: readonly Query[]) {
  return curves({
    title: 'Connections of $shown, as the kernel sees them',
    queries,
    unit: unit.count,
    thresholds: thresholds.none,
    shows: 'What each connection does; also known while the status page is silent.',
    bad: 'connections that wait to be accepted: visitors whom nobody serves.',
    colors: activityColors,
    drawn: 'stacked',
    width: 24,
    height: 9,
    repeat: 'shown',
    noValue: 'unknown',
  });
}

export function acceptQueuePanel(query: Query) {
  return curves({
    title: 'Waiting to be accepted (accept queue)',
    queries: [query],
    unit: unit.count,
    thresholds: thresholds.none,
    shows: 'Connections nobody has accepted yet.',
    bad: 'anything that lasts.',
  });
}
