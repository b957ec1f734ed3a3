import type { Query } from '../queries/query.ts';
import { meaning, thresholds, unit } from '../theme.ts';
import { curves } from './short-forms.ts';
import { timelinePanel } from './timeline-panel.ts';

/** Panels that several dashboards have, of their own servers. */

export function evidencePanel(query: Query) {
  return timelinePanel({
    title: 'Evidence',
    shows: 'What speaks for exhaustion, and when.',
    bad: 'every coloured stretch.',
    unit: unit.text,
    thresholds: thresholds.zero,
    noValue: 'no verdict',
    queries: [query],
    width: 12,
    words: [
      { text: 'no', color: meaning.good },
      { text: 'yes', color: meaning.bad },
    ],
  });
}

export function fetchResultPanel(query: Query, bad: string) {
  return timelinePanel({
    title: 'How the fetch of the status page ended',
    shows: 'The result of each fetch.',
    bad,
    unit: unit.text,
    thresholds: thresholds.yes,
    noValue: 'no target',
    queries: [query],
    width: 12,
    words: [{ text: 'no' }, { text: 'yes' }],
    colorBySuffix: { ': ok': meaning.good },
  });
}

export function acceptQueuePanel(query: Query) {
  return curves({
    title: 'Accept queue',
    queries: [query],
    unit: unit.count,
    thresholds: thresholds.none,
    shows: 'Connections nobody has accepted yet.',
    bad: 'anything that lasts.',
  });
}
