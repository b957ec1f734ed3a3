import { type Scoreboard, scoreboardLetters, workerStates } from '../snapshot/apache-status.ts';
import { recordOf } from './record-of.ts';

/**
 * Counts the letters of a scoreboard in one pass; a million slots are valid input. The letters are those of
 * mod_status.c. It never prints hidden slots (SERVER_DISABLED), so the length is the limit of 2.4 servers. An unknown
 * letter counts as `unknown`.
 */
export function parseScoreboard(text: string): Scoreboard {
  const byCode = new Uint32Array(256);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) & 0xff;
    byCode[code] = (byCode[code] ?? 0) + 1;
  }
  const counts = recordOf(
    workerStates,
    (state) => byCode[scoreboardLetters[state].charCodeAt(0)] ?? 0,
  );
  const known = workerStates.reduce(
    (sum, state) => sum + (state === 'unknown' ? 0 : counts[state]),
    0,
  );
  counts.unknown = text.length - known;
  return { length: text.length, counts };
}
