import type { TargetConfig } from '../config/schema.ts';

const defaultMilliseconds = 1000;
/** Samples a second of all targets together, by default; a thousand would take a whole CPU. */
const maximumSamplesPerSecond = 50;

/** Milliseconds between two samples of a target, 0 for no samples. A configured interval is used unchanged. */
export function samplingInterval(
  { interval }: TargetConfig['sampling'],
  targetCount: number,
): number {
  return (
    interval ?? defaultMilliseconds * Math.max(1, Math.ceil(targetCount / maximumSamplesPerSecond))
  );
}
