import { stat } from 'node:fs/promises';
import { errorCode } from './explain-access.ts';
import type { FollowOptions } from './follow-state.ts';

const defaultGraceMilliseconds = 15 * 60_000;
/** With its directory gone, as that of a pod, a file has no writer any more. */
const graceWithoutDirectory = 10_000;

type GraceOptions = Pick<FollowOptions, 'graceMilliseconds' | 'graceWithoutDirectoryMilliseconds'>;

/**
 * How long a renamed or deleted file is read on after its last growth.
 *
 * @param home the directory of a file of which nothing is left at its path; it may be gone, too
 */
export async function chooseGrace(
  { graceMilliseconds, graceWithoutDirectoryMilliseconds }: GraceOptions,
  home: string | undefined,
): Promise<number> {
  const usual = graceMilliseconds ?? defaultGraceMilliseconds;
  if (home === undefined || !(await isGone(home))) return usual;
  return Math.min(usual, graceWithoutDirectoryMilliseconds ?? graceWithoutDirectory);
}

/** Whether nothing stands at the path; what cannot be told is taken to exist. */
async function isGone(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: unknown) => errorCode(error) === 'ENOENT',
  );
}
