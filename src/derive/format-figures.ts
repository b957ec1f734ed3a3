import type { Range } from '../snapshot/prediction.ts';

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

type Round = (value: number) => number;

/** `2.5 hours`, `40 seconds`: one unit, at most one decimal. Time that has passed is rounded down. */
export function formatSpan(seconds: number, round: Round = Math.floor): string {
  for (const [unit, length] of units) {
    if (seconds < 2 * length) continue;
    // Multiplied first: a tenth of a unit stays exact.
    return `${round((seconds * 10) / length) / 10} ${unit}s`;
  }
  return seconds === 1 ? '1 second' : `${round(seconds * 10) / 10} seconds`;
}

/** `12,345`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 1) return '<1 %';
  return `${Math.round(percent)} %`;
}

/** `14 (9 to 16)`; the figure alone where both bounds equal it. */
export function formatRange(
  { low, expected, high }: Range,
  format: (value: number) => string,
): string {
  const [lowest, middle, highest] = [format(low), format(expected), format(high)];
  return lowest === highest ? middle : `${middle} (${lowest} to ${highest})`;
}

/** `48 MiB`. */
export function formatMemory(bytes: number): string {
  return `${formatFigure(bytes / 2 ** 20)} MiB`;
}

/** One decimal below ten, none above. */
export function formatFigure(value: number): string {
  return value < 10 ? trimmed(value) : formatCount(value);
}

function trimmed(value: number): string {
  return String(Math.round(value * 10) / 10);
}
