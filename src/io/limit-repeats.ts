import type { createLog } from './create-log.ts';

type Log = ReturnType<typeof createLog>;
type Fields = Parameters<Log['info']>[1];

/** Lines about one thing that are written at once; what flaps faster says less. */
const burst = 20;
const refillMilliseconds = 60_000;
/** More than there are targets and messages; the one quiet for longest is forgotten. */
const mostSubjects = 10_000;

interface Subject {
  tokens: number;
  filledAt: number;
  suppressed: number;
}

/**
 * A log in which no message about one target goes on without end: twenty lines at once, then one a minute, which says
 * how many are missing. Strangers can cause some lines, such as a refused probe, as often as they ask.
 *
 * @param now a monotonic clock in milliseconds
 */
export function limitRepeats(log: Log, now: () => number): Log {
  const subjects = new Map<string, Subject>();

  /** How many lines are missing before this one; undefined when it is not to be written. */
  const admit = (key: string): number | undefined => {
    const at = now();
    const subject = subjects.get(key) ?? { tokens: burst, filledAt: at, suppressed: 0 };
    remember(subjects, key, subject);
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

/** At the end of the Map, as the latest. */
function remember(subjects: Map<string, Subject>, key: string, subject: Subject): void {
  subjects.delete(key);
  subjects.set(key, subject);
  const [oldest] = subjects.keys();
  if (subjects.size > mostSubjects && oldest !== undefined) subjects.delete(oldest);
}
