import { rememberNewest } from '../remember-newest.ts';
import type { createLog } from './create-log.ts';

type Log = ReturnType<typeof createLog>;
type Fields = Parameters<Log['info']>[1];

/** Lines about one subject that are written without delay. After that one line per minute is written. */
const burst = 20;
const refillMilliseconds = 60_000;
/** More than there are targets and messages. Beyond it the subject without a line for the longest time is dropped. */
const maximumSubjects = 10_000;

interface Subject {
  tokens: number;
  filledAt: number;
  suppressed: number;
}

/**
 * Limits the rate of each message about one target: twenty lines, then one per minute with the number of suppressed
 * lines. Without a limit strangers could fill the disk, for example with refused probes.
 *
 * @param now a monotonic clock in milliseconds
 */
export function limitRepeats(log: Log, now: () => number): Log {
  const subjects = new Map<string, Subject>();

  /** Returns how many lines were suppressed before this one, or undefined if this one is suppressed too. */
  const admit = (key: string): number | undefined => {
    const at = now();
    const subject = subjects.get(key) ?? { tokens: burst, filledAt: at, suppressed: 0 };
    rememberNewest(subjects, [key, subject], maximumSubjects);
    subject.tokens = Math.min(burst, subject.tokens + (at - subject.filledAt) / refillMilliseconds);
    subject.filledAt = at;
    if (subject.tokens < 1) {
      subject.suppressed += 1;
      return undefined;
    }
    subject.tokens -= 1;
    const { suppressed } = subject;
    subject.suppressed = 0;
    return suppressed;
  };

  const limited =
    (write: Log['info']) =>
    (message: string, fields: Fields = {}): void => {
      const suppressed = admit(`${message} ${fields['target'] ?? ''} ${fields['source'] ?? ''}`);
      if (suppressed === undefined) return;
      write(message, suppressed === 0 ? fields : { ...fields, suppressed });
    };
  const { debug, info, warn, error } = log;
  return { debug, info: limited(info), warn: limited(warn), error: limited(error) };
}
