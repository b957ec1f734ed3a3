import { scrapeResults } from '../../../src/snapshot/scrape.ts';
import type { Query } from '../queries/query.ts';
import { activityColors, bandColors, meaning, thresholds, unit } from '../theme.ts';
import type { Shown } from '../variables.ts';
import { curves } from './short-forms.ts';
import { timelinePanel } from './timeline-panel.ts';

/** Panels that several dashboards share. */

export function evidencePanel(query: Query) {
  return timelinePanel({
    title: 'Evidence for "full"',
    shows: 'Each piece of evidence for a full server, while it holds.',
    bad: 'any bar. docs/verdict.md explains each kind of evidence.',
    unit: unit.text,
    thresholds: thresholds.none,
    noValue: 'no evidence in this time',
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
    title: 'Results of polls',
    shows: 'The result of each poll of the status page.',
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

/** The source of the slot figures: the page, the lane or the kernel. */
export function slotsSourcePanel(query: Query) {
  return timelinePanel({
    title: 'Where the slot figures come from',
    queries: [query],
    unit: unit.text,
    thresholds: thresholds.none,
    noValue: 'unknown',
    width: 12,
    words: [
      { text: 'no', color: meaning.baseline },
      { text: 'in use', color: meaning.neutral },
    ],
    shows: 'The source of the slot figures: the status page, the observation lane or the kernel.',
    bad: 'kernel. The status page does not answer, so check whether the server is full.',
  });
}

/** One stack for each target, at most six. In a sum, a full server without figures would look like less load. */
export function slotsPanel(queries: readonly Query[], title: string, repeat: Shown = 'shown') {
  return curves({
    title: `${title} of $${repeat}`,
    queries,
    unit: unit.count,
    thresholds: thresholds.none,
    shows:
      'The slots by state, up to the limit. While the status page does not answer, they come from the kernel.',
    bad: 'no free slot at the top. Orange means idle clients: shorten the keep-alive timeout.',
    colors: bandColors,
    drawn: 'stacked',
    width: 24,
    height: 9,
    repeat,
    noValue: 'unknown',
  });
}

export function connectionsPanel(queries: readonly Query[]) {
  return curves({
    title: 'Connections of $shown, as the kernel sees them',
    queries,
    unit: unit.count,
    thresholds: thresholds.none,
    shows:
      'Connections by what they do. The kernel also reports them while the status page does not answer.',
    bad: 'connections that wait to be accepted: visitors whom the server does not serve. The largest band shows what to free.',
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
    shows: 'Connections that the server has not accepted yet.',
    bad: 'anything that stays. Check whether the server is full or has stopped accepting.',
  });
}
