import { stat } from 'node:fs/promises';
import { isDenied } from './explain-access.ts';
import { type FilePlace, holdsPlace } from './file-place.ts';
import type { Sibling, Siblings } from './log-siblings.ts';
import { checkReadable } from './open-regular.ts';

/** The file in which a place was taken, a copy of it, or what it was packed to. */
export async function findPlace(
  files: readonly Sibling[],
  place: FilePlace,
): Promise<Sibling | undefined> {
  const same = files.find(({ dev, ino }) => dev === place.dev && ino === place.ino);
  if (same !== undefined && (await holdsPlace(same, place))) return same;
  if (place.headBytes === 0) return undefined;
  const others = files.filter((file) => file !== same);
  // Unpacking costs more than a look. A copy that a person made holds the place too, but not what came afterwards.
  const rotated = others.filter(({ packing, isRotated }) => packing === undefined && isRotated);
  const likelyFirst = [
    // A copy of an earlier moment ends before the log did.
    ...rotated.toSorted((a, b) => b.size - a.size),
    ...others.filter(({ packing }) => packing !== undefined),
    ...others.filter(({ packing, isRotated }) => packing === undefined && !isRotated),
  ];
  for (const other of likelyFirst) if (await holdsPlace(other, place)) return other;
  return undefined;
}

/** A place must not be given up because the file it lies in may not be opened at the moment. */
export async function refuseClosed(path: string, { files }: Siblings): Promise<void> {
  const stats = await stat(path).catch((error: unknown) => {
    if (isDenied(error)) throw error;
    return undefined;
  });
  if (stats === undefined || !files.some((sibling) => sibling.path === path)) return;
  await checkReadable(path);
}
