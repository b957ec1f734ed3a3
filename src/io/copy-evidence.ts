import type { Stats } from 'node:fs';

/** Times of a file: created, last written, and last changed in any way, which includes renaming. */
export interface FileTimes {
  /** 0 if the file system does not record it. */
  readonly createdMilliseconds: number;
  readonly modifiedMilliseconds: number;
  readonly changedMilliseconds: number;
}

export function readTimes({ birthtimeMs, mtimeMs, ctimeMs }: Stats): FileTimes {
  return {
    createdMilliseconds: birthtimeMs,
    modifiedMilliseconds: mtimeMs,
    changedMilliseconds: ctimeMs,
  };
}

export interface CopyTimes extends FileTimes {
  readonly size: number;
}

export interface CopySource extends CopyTimes {
  /** Whether the source is at the path of the log now. */
  readonly isAtPath: boolean;
}

/** The speed of a slow disk. */
const bytesPerMillisecond = 1000;

/**
 * Whether a rotated file that begins like a log (the source) can be a copy of it. Equal bytes do not prove a copy: two
 * logs are equal if they hold the same requests of one second, or if their format has no time. A copy that is mistaken
 * for a log is counted twice. A log that is mistaken for a copy is lost. So a file counts as a copy only if its times
 * exclude that it is a log:
 *
 * - A copy is created after its source. A file that is older than the source is a log.
 * - A source at the path of the log has no successor yet. A file created after it is a copy. (Clocks of file systems
 *   advance every few milliseconds. Equal times of creation prove nothing.)
 * - When the source is renamed, its change time is set, and its successor is created after that. A file created after
 *   the change time of the source is the successor or a later log.
 * - The change time of the source also advances when the source is renamed again or written to. Then the times of the
 *   file decide. A log that was renamed after its last line has a change time later than its modification time. A copy
 *   has not, unless somebody touched it, and it was written in one go.
 *
 * If both the file and a renamed source look like copies, they count as copies of the same log: nothing shows whether
 * they are copies of two equal logs.
 *
 * One error remains: a log of equal lines that existed for less than a second between two checks, and was renamed in the
 * same tick of the file system's clock as its last line or written to after that, counts as a copy.
 */
export function mayBeCopy(file: CopyTimes, source: CopySource): boolean {
  if (!source.isAtPath && isUntouched(file) && isUntouched(source)) return true;
  const isDated = file.createdMilliseconds > 0 && source.createdMilliseconds > 0;
  if (isDated && file.createdMilliseconds < source.createdMilliseconds) return false;
  if (isDated && file.createdMilliseconds > source.createdMilliseconds && source.isAtPath)
    return true;
  if (isDated && file.createdMilliseconds > source.changedMilliseconds) return false;
  return isUntouched(file);
}

/** Whether a file was written in one go, at least at the speed of a slow disk, and not renamed or changed since. */
export function isUntouched(file: CopyTimes): boolean {
  const { size, createdMilliseconds, modifiedMilliseconds, changedMilliseconds } = file;
  const maximumMilliseconds = 1000 + size / bytesPerMillisecond;
  const isDated = createdMilliseconds > 0;
  if (isDated && modifiedMilliseconds - createdMilliseconds > maximumMilliseconds) return false;
  return changedMilliseconds <= modifiedMilliseconds;
}
