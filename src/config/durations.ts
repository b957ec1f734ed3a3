const unitMilliseconds: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** Durations in Prometheus' format: `500ms`, `5s`, `1m30s`. Each unit once, the largest first. */
export const durationPattern =
  /^(?=\d)(?:\d{1,9}y)?(?:\d{1,9}w)?(?:\d{1,9}d)?(?:\d{1,9}h)?(?:\d{1,9}m(?!s))?(?:\d{1,9}s)?(?:\d{1,9}ms)?$/;

/** The duration in milliseconds, or `undefined` when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) {
    total += Number(amount) * (unitMilliseconds[unit ?? ''] ?? 0);
  }
  return total;
}

const shownUnits = ['d', 'h', 'm', 's', 'ms'] as const;

/** Whole milliseconds in the format of the configuration: `1m30s`. */
export function renderDuration(milliseconds: number): string {
  let left = milliseconds;
  let text = '';
  for (const unit of shownUnits) {
    const size = unitMilliseconds[unit] ?? 1;
    const amount = Math.floor(left / size);
    if (amount > 0) text += `${amount}${unit}`;
    left -= amount * size;
  }
  return text === '' ? '0s' : text;
}
