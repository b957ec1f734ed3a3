/** How long a line of an error log speaks for now, counted from when it was written. */
export const evidenceSeconds = 5;

/** Clocks of two machines on one file, and seconds that are cut off. */
const aheadSeconds = 2;
const zoneStepSeconds = 900;
const widestZoneSeconds = 14 * 3600;

export interface LineRead {
  /** The time on the line in the server's zone, as if that were UTC; absent where it cannot be read. */
  readonly wallSeconds: number | undefined;
  readonly readAt: number;
  /** When the end of the log was last reached: what is read since was written since. */
  readonly endSeenAt: number;
  /** What is added to UTC in the exporter's zone. */
  readonly zoneSeconds: number;
}

/** When a line was written, where it was written just now; undefined for every older line. */
export function writtenJustNow(line: LineRead): number | undefined {
  const { wallSeconds, readAt, endSeenAt, zoneSeconds } = line;
  const isLive = isJustNow(endSeenAt, readAt);
  if (wallSeconds === undefined) return isLive ? endSeenAt : undefined;
  const ageHere = readAt - (wallSeconds - zoneSeconds);
  const age = isLive ? ageInAnyZone(readAt - wallSeconds) : ageHere;
  const writtenAt = readAt - age;
  if (!isJustNow(writtenAt, readAt)) return undefined;
  // A line tells whole seconds. In the second in which the end of the log was reached, it came after that.
  const cutOff = endSeenAt - writtenAt;
  return Math.min(cutOff > 0 && cutOff < 1 ? endSeenAt : writtenAt, readAt);
}

/** Neither long ago nor, after a clock was set back or by a forged time, in the future. */
export function isJustNow(at: number, now: number): boolean {
  return now - at <= evidenceSeconds && now - at >= -aheadSeconds;
}

/** The server's zone may be another than ours: all of them are whole quarters of an hour from UTC. */
function ageInAnyZone(ageAsUtc: number): number {
  if (Math.abs(ageAsUtc) > widestZoneSeconds + evidenceSeconds) return ageAsUtc;
  return ageAsUtc - Math.round(ageAsUtc / zoneStepSeconds) * zoneStepSeconds;
}
