import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  /** Completes the sentence "Waited in vain until …". */
  readonly until: string;
  readonly holds: () => boolean | Promise<boolean>;
  readonly withinMs?: number;
  readonly everyMs?: number;
}

/** Generous by default: the time only passes when something is wrong, or the machine is very busy. */
export async function waitUntil(options: WaitOptions): Promise<void> {
  const { until, holds, withinMs = 60_000, everyMs = 50 } = options;
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) {
      throw new Error(`Waited in vain until ${until}: not within ${withinMs} ms`);
    }
    await sleep(everyMs);
  }
}
