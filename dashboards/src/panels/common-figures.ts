import type { Query } from '../queries/query.ts';
import { meaning, thresholds, unit } from '../theme.ts';
import { type FigureOptions, figure } from './short-forms.ts';

/** Figures that several dashboards share: figures with the same name have the same form and thresholds everywhere. */

/** The servers without a free slot, by name. */
export function fullFigure(
  query: Query,
  next = 'Open its row at the top of the table to see what holds its slots.',
) {
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
    shows: 'Servers without a slot for a new visitor; at most four names.',
    bad: `any name. ${next}`,
  });
}

/** Servers on which visitors get no answer, for whatever cause. */
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
    shows: 'Servers on which visitors get no answer, for whatever cause: full, hung or starting.',
    bad: 'any name. If it is not full as well, look for hanging processes and a slow upstream.',
  });
}

/** Alerts of these rules, of the chosen targets and of what they belong to. */
export function firingFigure(query: Query) {
  return figure({
    title: 'Alerts firing',
    query,
    thresholds: thresholds.zero,
    shows: 'Alerts of the rules of this project that fire now.',
    bad: 'anything but 0. Each alert links to its runbook.',
  });
}

/** The server with the highest share of 5xx. */
export function failedFigure(query: Query) {
  return figure({
    title: 'Failed (5xx)',
    query,
    unit: unit.ratio,
    thresholds: thresholds.errorShare,
    shown: 'value and name',
    shows:
      'The server with the highest share of 5xx in its log. Visitors in the queue are in no log. With few requests, one is a large share.',
    bad: 'over 1 %. Check the application and its upstream.',
  });
}

/** The texts of a shared figure that differ between dashboards. */
type Words = Pick<FigureOptions, 'shows' | 'bad' | 'links'>;

export function saturationFigure(query: Query, words: Words) {
  return figure({
    title: 'Saturation',
    query,
    shown: 'value and name',
    unit: unit.ratio,
    thresholds: thresholds.saturation,
    ...words,
  });
}

export function gaveUpFigure(query: Query, words: Omit<Words, 'shows'>) {
  return figure({
    title: '408 and 499',
    query,
    shown: 'value and name',
    unit: unit.ratio,
    thresholds: thresholds.abortShare,
    shows:
      'The server with the highest share of requests that timed out (408) or whose client gave up (499). With few requests, one is a large share.',
    ...words,
  });
}

export function latencyFigure(query: Query) {
  return figure({
    title: 'Latency P99',
    query,
    shown: 'value and name',
    unit: unit.seconds,
    thresholds: thresholds.latency,
    shows:
      'The server with the highest 99th percentile of the request duration in its log, without the wait for a worker.',
    bad: 'over one second. Compare it with the upstream on the Traffic dashboard.',
  });
}

export function reuseFigure(query: Query, source = 'From the log.') {
  return figure({
    title: 'Reuse',
    query,
    thresholds: thresholds.requestsPerConnection,
    decimals: 1,
    shows: `Requests per connection: how well keep-alive is used. ${source}`,
    bad: 'near 1. Look for a proxy that closes connections, or for a keep-alive timeout that is too short.',
  });
}

export function idleClientsFigure(query: Query, words: Words) {
  return figure({
    title: 'Idle clients',
    query,
    shown: 'value and name',
    unit: unit.ratio,
    thresholds: thresholds.keepaliveOccupancy,
    ...words,
  });
}

export function queueFigure(query: Query, words: Words) {
  return figure({
    title: 'In queue',
    query,
    shown: 'value and name',
    thresholds: thresholds.waiting,
    noValue: 'not seen',
    ...words,
  });
}
