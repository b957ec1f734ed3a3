import {
  type ComparedPeriods,
  type Comparison,
  type Difference,
  intervalShare,
} from '../derive/compare-periods.ts';
import { type ComparedFigure, comparedFigures } from '../derive/compared-figures.ts';
import type { ConfigChange } from '../derive/config-change.ts';
import { present } from '../present.ts';
import type { Period } from '../snapshot/period.ts';
import { alignColumns } from './align-columns.ts';

/** A comparison, and the change that it is around where that was searched. */
interface RenderedComparison extends Comparison {
  readonly change?: ConfigChange;
}

/** The comparison as a table, followed by the findings. */
export function renderComparison(periods: ComparedPeriods, comparison: RenderedComparison): string {
  const { change } = comparison;
  const head = alignColumns([
    ...(change === undefined ? [] : [['change', describeChange(change)]]),
    ['before', describePeriod(periods.before)],
    ['after', describePeriod(periods.after)],
  ]);
  const columns = [
    'figure',
    'before',
    'after',
    'difference',
    `${intervalShare * 100} % interval`,
    '',
  ];
  const rows = comparison.differences.map(renderDifference);
  const missing = comparedFigures
    .filter(({ name }) => comparison.missing.includes(name))
    .map(({ title, needs }) => [title, `needs ${needs}`]);
  return [
    head,
    rows.length === 0 ? '' : `\n${alignColumns([columns, ...rows])}`,
    missing.length === 0 ? '' : `\nNot known in both periods:\n${alignColumns(missing)}`,
    comparison.findings.length === 0 ? '' : '\n',
    ...comparison.findings.map(({ message }) => `${capitalize(message)}.\n`),
    periods.after.slotsFromLog ? slotsFromLog : '',
    describeLaterLoad(change),
  ].join('');
}

function describeChange({ atSeconds, timeout }: ConfigChange): string {
  const what =
    timeout === undefined
      ? 'the server loaded its configuration'
      : `keep-alive timeout ${timeout.beforeSeconds} s becomes ${timeout.afterSeconds} s`;
  return `${renderTime(atSeconds)}, ${what}`;
}

function describeLaterLoad({ loadedAgainAtSeconds }: Partial<ConfigChange> = {}): string {
  if (loadedAgainAtSeconds === undefined) return '';
  const later = renderTime(loadedAgainAtSeconds);
  return `\nThe server loaded its configuration again at ${later}, with the same timeout; log rotation does that, too. To compare around that time, set --before and --after.\n`;
}

const slotsFromLog =
  '\nSlots are calculated from the log, as if no visitor closed a connection before the server did.\n';

function describePeriod({ startSeconds, endSeconds, steps, stepSeconds, ...period }: Period) {
  const timeout = period.keepaliveTimeoutSeconds;
  const known = timeout === undefined ? '' : `, keep-alive timeout ${timeout} s`;
  return `${renderTime(startSeconds)} to ${renderTime(endSeconds)}, ${steps.length} samples of ${stepSeconds} s${known}`;
}

function renderTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/:\d\d\.\d+Z$/, 'Z');
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function renderDifference(row: Difference): readonly string[] {
  const figure = comparedFigures.find(({ name }) => name === row.name);
  if (figure === undefined) return [];
  const render = renderers[figure.unit];
  // A difference of shares is in points: "+3 %" could also mean 3 % more.
  const isShare = figure.unit === 'ratio';
  const renderChange = signed(isShare ? points : render);
  const share =
    isShare || row.before === 0 ? '' : ` (${signed(percent)(row.difference / row.before)})`;
  return [
    figure.title,
    render(row.before),
    render(row.after),
    `${renderChange(row.difference)}${share}`,
    row.interval === undefined ? '-' : row.interval.map(renderChange).join(' to '),
    row.verdict,
  ];
}

function signed(render: (value: number) => string): (value: number) => string {
  return (value) => {
    const text = render(Math.abs(value));
    if (!/[1-9]/.test(text)) return text;
    return `${value < 0 ? '-' : '+'}${text}`;
  };
}

const renderers: Readonly<Record<ComparedFigure['unit'], (value: number) => string>> = {
  slots: (value) => value.toFixed(1),
  ratio: percent,
  seconds: (value) => (value < 1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(2)} s`),
  'per second': (value) => `${value.toFixed(2)}/s`,
  bytes: (value) => `${(value / 1024 ** 2).toFixed(1)} MiB`,
};

function percent(ratio: number): string {
  return `${hundredths(ratio)} %`;
}

function points(ratio: number): string {
  return `${hundredths(ratio)} points`;
}

function hundredths(ratio: number): string {
  return (ratio * 100).toFixed(ratio < 0.1 ? 2 : 1);
}

/** The comparison as JSON. */
export function comparisonJson(
  { before, after, seed }: ComparedPeriods,
  comparison: RenderedComparison,
) {
  return {
    ...present({ change: comparison.change }),
    before: periodJson(before),
    after: periodJson(after),
    intervalRatio: intervalShare,
    seed,
    figures: comparison.differences.map(({ interval, ...difference }) => ({
      ...difference,
      ...present({ intervalLow: interval?.[0], intervalHigh: interval?.[1] }),
    })),
    missing: comparison.missing,
    findings: comparison.findings,
  };
}

function periodJson({ steps, durationBounds, ...period }: Period) {
  return { ...period, samples: steps.length };
}
