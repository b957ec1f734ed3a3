import type { Query } from '../queries/query.ts';
import { meaning, thresholds, unit } from '../theme.ts';
import { type FigureOptions, figure } from './short-forms.ts';

/** Figures that several dashboards have: a figure of one name looks alike and turns red at one value everywhere. */

/** The servers without a slot, by name: which, before how many. */
export function fullFigure(query: Query) {
  return figure({
    title: 'Full now',
    query,
    thresholds: thresholds.none,
    noValue: 'no verdict',
    shown: 'value and name',
    words: [
      { text: 'not full', color: meaning.good },
      { text: 'FULL', color: meaning.bad },
    ],
    shows: 'Servers without a slot for a new visitor; four names at most.',
    bad: 'any name. The table has its row on top.',
  });
}

/** Visitors get nothing, and it cannot be told why. */
export function unansweredFigure(query: Query) {
  return figure({
    title: 'No answer',
    query,
    thresholds: thresholds.none,
    shown: 'value and name',
    words: [
      { text: 'answered', color: meaning.neutral },
      { text: 'SILENT', color: meaning.bad },
    ],
    shows:
      'Visitors get no answer of servers that are full, hung or starting up, whatever the cause.',
    bad: 'any name.',
  });
}

/** Alerts of these rules, of any exporter. */
export function firingFigure(query: Query) {
  return figure({
    title: 'Alerts firing',
    query,
    thresholds: thresholds.zero,
    shows: 'Alerts of the rules of this project that fire now.',
    bad: 'anything but 0.',
  });
}

/** What makes the same figure another one on each dashboard: whose it is, and what to do about it. */
type Words = Pick<FigureOptions, 'shows' | 'bad' | 'links'>;

export function saturationFigure(query: Query, words: Words) {
  return figure({
    title: 'Saturation',
    query,
    unit: unit.ratio,
    thresholds: thresholds.saturation,
    ...words,
  });
}

export function gaveUpFigure(query: Query, words: Omit<Words, 'shows'>) {
  return figure({
    title: 'Gave up',
    query,
    unit: unit.ratio,
    thresholds: thresholds.abortShare,
    shows: 'Share of requests that timed out or whose client gave up.',
    ...words,
  });
}

export function latencyFigure(query: Query) {
  return figure({
    title: 'Latency P99',
    query,
    unit: unit.seconds,
    thresholds: thresholds.latency,
    shows: 'Of the request duration.',
    bad: 'over a second; blind to waiting for a worker.',
  });
}

export function reuseFigure(query: Query) {
  return figure({
    title: 'Reuse',
    query,
    thresholds: thresholds.requestsPerConnection,
    decimals: 1,
    shows: 'Requests per connection: how well keep-alive is used.',
    bad: 'near 1.',
  });
}

export function idleClientsFigure(query: Query, words: Words) {
  return figure({
    title: 'Idle clients',
    query,
    unit: unit.ratio,
    thresholds: thresholds.keepaliveOccupancy,
    ...words,
  });
}

export function queueFigure(query: Query, words: Words) {
  return figure({
    title: 'In queue',
    query,
    thresholds: thresholds.waiting,
    noValue: 'sockets not seen',
    ...words,
  });
}
