import type { ApacheStatus } from '../snapshot/apache-status.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Time zones differ from UTC by multiples of this. */
const zoneStepSeconds = 15 * 60;

/**
 * When the server started, in Unix seconds. `now - uptime` varies by a second between polls, which would look like
 * restarts. RestartTime is exact but in the server's time zone. Together they are exact: the offset is the multiple of
 * 15 minutes that brings them closest. Without RestartTime (before 2.4.13) the variation remains.
 */
export function deriveStartTime(status: ApacheStatus, nowSeconds: number): number | undefined {
  if (status.uptimeSeconds === undefined) return undefined;
  const approximate = nowSeconds - status.uptimeSeconds;
  const local = parseRestartTime(status.restartTime);
  // An uptime that begins before 1970 is invalid.
  if (approximate < 0) return undefined;
  if (local === undefined) return Math.round(approximate);
  const zone = Math.round((local - approximate) / zoneStepSeconds) * zoneStepSeconds;
  return Math.max(0, local - zone);
}

/** `Friday, 20-Nov-2026 22:31:00 UTC`, read as if it were UTC. */
function parseRestartTime(text: string | undefined): number | undefined {
  const match = /(\d{2})-([A-Z][a-z]{2})-(\d{4}) (\d{2}):(\d{2}):(\d{2})/.exec(text ?? '');
  if (match === null) return undefined;
  const month = months.indexOf(match[2] ?? '');
  if (month < 0) return undefined;
  const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map((i) => Number(match[i]));
  return Date.UTC(year ?? 0, month, day, hour, minute, second) / 1000;
}
