import { stat } from 'node:fs/promises';
import { errorCode } from './explain-access.ts';
import type { FollowOptions } from './follow-state.ts';

const defaultGraceMilliseconds = 15 * 60_000;
/** If its directory was deleted, as that of a pod, a file has no writer any more. */
const graceWithoutDirectory = 10_000;

type GraceOptions = Pick<FollowOptions, 'graceMilliseconds' | 'graceWithoutDirectoryMilliseconds'>;

/**
 * How long a renamed or deleted file is read after it last grew.
 *
 * @param directory set if no file is at the path any more; the directory may be deleted too
 */
export async function chooseGrace(
  { graceMilliseconds, graceWithoutDirectoryMilliseconds }: GraceOptions,
  directory: string | undefined,
): Promise<number> {
  const usual = graceMilliseconds ?? defaultGraceMilliseconds;
  if (directory === undefined || !(await isGone(directory))) return usual;
  return Math.min(usual, graceWithoutDirectoryMilliseconds ?? graceWithoutDirectory);
}

/** Whether nothing exists at the path. A path that cannot be checked counts as existing. */
async function isGone(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: unknown) => errorCode(error) === 'ENOENT',
  );
}
