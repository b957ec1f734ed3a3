import { onTestFinished } from 'vitest';
import { createTempDirectory } from './temp-directory.ts';

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

/** The path of a directory that is gone after the test. */
export async function keepTempDirectory(purpose: string): Promise<string> {
  const { path, remove } = await createTempDirectory(purpose);
  onTestFinished(remove);
  return path;
}
