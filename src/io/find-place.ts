import { stat } from 'node:fs/promises';
import { isDenied } from './explain-access.ts';
import { type FilePlace, holdsPlace } from './file-place.ts';
import type { Sibling, Siblings } from './log-siblings.ts';
import { checkReadable } from './open-regular.ts';

/** Finds the file in which a place was taken, or else a copy or an archive of it. */
export async function findPlace(
  files: readonly Sibling[],
  place: FilePlace,
): Promise<Sibling | undefined> {
  const same = files.find(({ dev, ino }) => dev === place.dev && ino === place.ino);
  if (same !== undefined && (await holdsPlace(same, place))) return same;
  if (place.headBytes === 0) return undefined;
  const others = files.filter((file) => file !== same);
  // Unpacking is expensive, so text comes first. A copy made by hand comes last: it lacks the lines written later.
  const rotated = others.filter(({ packing, isRotated }) => packing === undefined && isRotated);
  const candidates = [
    // The largest first: a copy made earlier lacks the end of the log.
    ...rotated.toSorted((a, b) => b.size - a.size),
    ...others.filter(({ packing }) => packing !== undefined),
    ...others.filter(({ packing, isRotated }) => packing === undefined && !isRotated),
  ];
  for (const other of candidates) if (await holdsPlace(other, place)) return other;
  return undefined;
}

/**
 * Fails if the file at the path exists and cannot be opened at the moment. Otherwise its place would count as lost.
 *
 * @throws an error that explains why the file cannot be read
 */
export async function checkPathIsReadable(path: string, { files }: Siblings): Promise<void> {
  const stats = await stat(path).catch((error: unknown) => {
    if (isDenied(error)) throw error;
    return undefined;
  });
  if (stats === undefined || !files.some((sibling) => sibling.path === path)) return;
  await checkReadable(path);
}
