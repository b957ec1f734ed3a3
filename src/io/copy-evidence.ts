import type { Stats } from 'node:fs';

/** When a file came into being, was written and was changed in any way, renaming included. */
export interface FileTimes {
  /** 0 where the file system does not keep it. */
  readonly bornMilliseconds: number;
  readonly modifiedMilliseconds: number;
  readonly changedMilliseconds: number;
}

export function readTimes({ birthtimeMs, mtimeMs, ctimeMs }: Stats): FileTimes {
  return {
    bornMilliseconds: birthtimeMs,
    modifiedMilliseconds: mtimeMs,
    changedMilliseconds: ctimeMs,
  };
}

export interface CopyTimes extends FileTimes {
  readonly size: number;
}

export interface CopySource extends CopyTimes {
  /** Whether it stands at the path of the log. */
  readonly isAtPath: boolean;
}

const slowestBytesPerMillisecond = 1000;

/**
 * Whether a rotated file that begins like a log can be a copy of it. Equal bytes alone do not say so: two logs are
 * equal when they hold the same requests of one second, or when their format has no time. A copy that is taken for a
 * log is counted twice; a log that is taken for a copy is lost. So a copy is believed only where the file system
 * excludes a log:
 *
 * - A copy is born after its source. What is older is a log of its own.
 * - A log at the path has had no successor. What was born after it is a copy. (Clocks of file systems tick every few
 *   milliseconds: born at the same time says nothing.)
 * - Once the source is renamed, its successor is a log of its own, and was born after that. Renaming sets the time of
 *   change: what was born later is no copy of a log.
 * - That time moves on when the source is renamed again or written to. But the successor has been renamed too, since
 *   its last line, and so was changed after it was last written. A copy was not, unless somebody touched it. And it
 *   was written in one go.
 *
 * Of two copies nobody can tell whether they are of one log or of two equal ones: they are taken for those of one.
 *
 * What is left: a log of equal lines that lived for less than a second between two looks, and was written to once more
 * after it had been renamed.
 */
export function mayBeCopy(file: CopyTimes, source: CopySource): boolean {
  if (!source.isAtPath && isUntouched(file) && isUntouched(source)) return true;
  const isDated = file.bornMilliseconds > 0 && source.bornMilliseconds > 0;
  if (isDated && file.bornMilliseconds < source.bornMilliseconds) return false;
  if (isDated && file.bornMilliseconds > source.bornMilliseconds && source.isAtPath) return true;
  if (isDated && file.bornMilliseconds > source.changedMilliseconds) return false;
  return isUntouched(file);
}

/** Written in one go, in as long as a slow disk needs for it, and neither renamed nor written to ever since. */
export function isUntouched(file: CopyTimes): boolean {
  const { size, bornMilliseconds, modifiedMilliseconds, changedMilliseconds } = file;
  const longest = 1000 + size / slowestBytesPerMillisecond;
  const isDated = bornMilliseconds > 0;
  if (isDated && modifiedMilliseconds - bornMilliseconds > longest) return false;
  return changedMilliseconds <= modifiedMilliseconds;
}
