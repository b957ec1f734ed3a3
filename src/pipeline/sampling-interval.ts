import type { TargetConfig } from '../config/schema.ts';

const defaultMilliseconds = 1000;
/** Samples a second that one process takes on its own account; a thousand would cost a whole CPU. */
const mostSamplesPerSecond = 50;

/** Milliseconds between two samples of a target, 0 for none. What an operator writes is obeyed as it stands. */
export function samplingInterval(
  { interval }: TargetConfig['sampling'],
  targetCount: number,
): number {
  return (
    interval ?? defaultMilliseconds * Math.max(1, Math.ceil(targetCount / mostSamplesPerSecond))
  );
}
