import { onTestFinished } from 'vitest';

/** Stops a part when the test that started it ends, whatever its outcome; last started, first stopped. */
export function keep<T extends { stop(): Promise<void> }>(part: T): T {
  onTestFinished(() => part.stop());
  return part;
}

/** The same for what is closed rather than stopped. */
export function keepOpen<T extends { close(): Promise<void> }>(part: T): T {
  onTestFinished(() => part.close());
  return part;
}
