import { ratioBounds } from '../derive/ratio-histogram.ts';
import type { TargetView } from '../snapshot/target-view.ts';

/** What the demo prints when it ends: one line for each target. */
export function renderSummary(views: readonly TargetView[]): string {
  const rows = [header, ...views.map(summaryRow)];
  const widths = header.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return `${rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
}

const header = [
  'target',
  'up',
  'keep-alive',
  'limit',
  'occupancy',
  'saturation',
  'peak saturation',
];

function summaryRow({ observation, counters }: TargetView): readonly string[] {
  const { outcome, target } = observation;
  const peak = peakSaturation(
    counters.samples.saturation.buckets,
    counters.samples.saturation.count,
  );
  if (outcome.kind === 'failed') {
    return [target.name, `0 (${outcome.failure.result})`, '-', '-', '-', '-', peak];
  }
  const { groups, keepaliveOccupancy, workerSaturation } = outcome.figures;
  const group = groups.at(-1);
  return [
    target.name,
    '1',
    String(group?.counts.get('keepalive') ?? '-'),
    String(group?.limit?.value ?? 'unknown'),
    ratio(keepaliveOccupancy),
    ratio(workerSaturation),
    peak,
  ];
}

/** The bucket of the highest sample, in words. */
function peakSaturation(buckets: readonly number[], count: number): string {
  if (count === 0) return 'no samples';
  const highest = buckets.indexOf(count);
  const lower = ratioBounds[highest - 1];
  return lower === undefined ? 'up to 50 %' : `over ${percent(lower)}`;
}

function ratio(value: number | undefined): string {
  return value === undefined ? 'unknown' : percent(value);
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
