import { AsyncLocalStorage } from 'node:async_hooks';
import { aroundEach, onTestFinished, type TestContext } from 'vitest';
import { createTempDirectory } from './temp-directory.ts';

/** vitest's own onTestFinished() goes by the test that began last, which of concurrent tests may be another one. */
const running = new AsyncLocalStorage<TestContext>();
aroundEach((runTest, context) => running.run(context, runTest));

/** What is to be done when this test ends, also while others run beside it; what came last is done first. */
export function atEnd(act: () => unknown): void {
  (running.getStore()?.onTestFinished ?? onTestFinished)(async () => void (await act()));
}

/** Stops a part when the test that started it ends, whatever its outcome; last started, first stopped. */
export function keep<T extends { stop(): Promise<void> }>(part: T): T {
  atEnd(() => part.stop());
  return part;
}

/** The same for what is closed rather than stopped. */
export function keepOpen<T extends { close(): Promise<void> }>(part: T): T {
  atEnd(() => part.close());
  return part;
}

/** The path of a directory that is gone after the test. */
export async function keepTempDirectory(purpose: string): Promise<string> {
  const { path, remove } = await createTempDirectory(purpose);
  atEnd(remove);
  return path;
}
