import {
  type Scoreboard,
  scoreboardLetters,
  type WorkerState,
  workerStates,
} from '../snapshot/apache-status.ts';

/**
 * Counts the letters of a scoreboard in one pass; a million slots is legal input.
 * Letters come from mod_status.c; slots it hides (SERVER_DISABLED) are never printed, so the length is the limit
 * of 2.4 servers. A letter it has not printed so far is counted as `unknown`.
 */
export function parseScoreboard(text: string): Scoreboard {
  const byCode = new Uint32Array(256);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) & 0xff;
    byCode[code] = (byCode[code] ?? 0) + 1;
  }
  const counts = Object.fromEntries(
    workerStates.map((state) => [state, byCode[scoreboardLetters[state].charCodeAt(0)] ?? 0]),
  ) as Record<WorkerState, number>;
  const known = workerStates.reduce(
    (sum, state) => sum + (state === 'unknown' ? 0 : counts[state]),
    0,
  );
  counts.unknown = text.length - known;
  return { length: text.length, counts };
}
