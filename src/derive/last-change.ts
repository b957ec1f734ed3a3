/** Two readings of the same start time differ by at most a second. */
const jitterSeconds = 2;

/** When a series last changed: the time of the first reading with the new value. */
export function lastChange(values: ReadonlyMap<number, number>): number | undefined {
  const readings = [...values].sort(([a], [b]) => a - b);
  for (let i = readings.length - 1; i > 0; i--) {
    const [time, value] = readings[i] ?? [];
    const [, before] = readings[i - 1] ?? [];
    if (value !== undefined && before !== undefined && isChange(value, before)) return time;
  }
  return undefined;
}

function isChange(value: number, before: number): boolean {
  const isTime = value > 1e9;
  return Math.abs(value - before) > (isTime ? jitterSeconds : 0);
}
