/** How long a line of an error log counts as evidence, from when it was written. */
export const evidenceSeconds = 5;

/** Tolerance for clocks of two machines, and for seconds that are truncated. */
const aheadSeconds = 2;
const zoneStepSeconds = 900;
const widestZoneSeconds = 14 * 3600;

export interface LineRead {
  /** The time on the line in the server's time zone, read as if it were UTC; absent where it cannot be read. */
  readonly wallSeconds: number | undefined;
  readonly readAt: number;
  /** When the end of the log was last reached: lines read now were written after that. */
  readonly endSeenAt: number;
  /** Offset of the exporter's time zone from UTC. */
  readonly zoneSeconds: number;
}

/** When a line was written, if that was just now; undefined for older lines. */
export function writtenJustNow(line: LineRead): number | undefined {
  const { wallSeconds, readAt, endSeenAt, zoneSeconds } = line;
  const isLive = isJustNow(endSeenAt, readAt);
  if (wallSeconds === undefined) return isLive ? endSeenAt : undefined;
  const ageHere = readAt - (wallSeconds - zoneSeconds);
  const age = isLive ? ageInAnyZone(readAt - wallSeconds) : ageHere;
  const writtenAt = readAt - age;
  if (!isJustNow(writtenAt, readAt)) return undefined;
  // A line has whole seconds. A line of the second in which the end of the log was reached was written after that.
  const cutOff = endSeenAt - writtenAt;
  return Math.min(cutOff > 0 && cutOff < 1 ? endSeenAt : writtenAt, readAt);
}

/** Neither long ago nor in the future, as after a clock was set back, or with a forged time. */
export function isJustNow(at: number, now: number): boolean {
  return now - at <= evidenceSeconds && now - at >= -aheadSeconds;
}

/** The server's time zone may differ from the exporter's. All zones differ from UTC by multiples of 15 minutes. */
function ageInAnyZone(ageAsUtc: number): number {
  if (Math.abs(ageAsUtc) > widestZoneSeconds + evidenceSeconds) return ageAsUtc;
  return ageAsUtc - Math.round(ageAsUtc / zoneStepSeconds) * zoneStepSeconds;
}
