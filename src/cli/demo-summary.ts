import { withValue } from '../derive/histogram.ts';
import type { Histogram } from '../snapshot/histogram.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { alignColumns } from './align-columns.ts';

/** What the demo prints when it ends: one line for each target. */
export function renderSummary(views: readonly TargetView[]): string {
  return alignColumns([header, ...views.map(summaryRow)]);
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
  const { saturation } = counters.samples;
  if (outcome.kind === 'failed') {
    const peak = peakSaturation(saturation);
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
    // The last poll is not a sample, but may have been the highest.
    peakSaturation(
      workerSaturation === undefined ? saturation : withValue(saturation, workerSaturation),
    ),
  ];
}

/** The bucket of the highest sample, as text. */
function peakSaturation({ upperBounds, counts }: Histogram): string {
  const highest = counts.findLastIndex((count) => count > 0);
  if (highest === -1) return 'no samples';
  const lower = upperBounds[highest - 1] ?? 0;
  const upper = upperBounds[highest] ?? 1;
  return `${Math.round(lower * 100)} to ${percent(upper)}`;
}

function ratio(value: number | undefined): string {
  return value === undefined ? 'unknown' : percent(value);
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
