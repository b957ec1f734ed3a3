import type { FileMark, MarkedArchive } from './file-mark.ts';
import { emptyHash, type FilePlace, holdsPlace } from './file-place.ts';
import { isPackedFromText, type KnownFiles } from './known-files.ts';
import type { LogFile } from './log-file.ts';
import type { Sibling } from './log-siblings.ts';
import { readPackedName } from './packing.ts';

export interface Surroundings {
  /** Of the log. */
  readonly path: string;
  /** Everything that stands there now, oldest first. */
  readonly siblings: readonly Sibling[];
  readonly known: KnownFiles;
  /** Whether a file is being read, or will be. */
  readonly isOpen: (file: Sibling) => boolean;
  readonly open: readonly LogFile[];
  /** Of the files that are open, and of those that were truncated after they were copied. */
  readonly places: readonly FilePlace[];
}

export interface FoundFiles {
  readonly unread: readonly { readonly file: Sibling; readonly place: FilePlace }[];
  /** Rotated files that are new and cannot be read. */
  readonly unusable: readonly Sibling[];
}

/** Rotated files of which nothing was read: neither known nor open nor a copy or archive of one that is. */
export async function findUnread(surroundings: Surroundings): Promise<FoundFiles> {
  const { path, siblings, known, isOpen } = surroundings;
  const unread: { readonly file: Sibling; readonly place: FilePlace }[] = [];
  const unusable: Sibling[] = [];
  // Without a list from before nobody can tell what is new.
  for (const file of known.marks() === undefined ? [] : siblings) {
    const isOther = file.path !== path && file.isRotated && file.packing !== 'unreadable';
    if (!isOther || known.has(file) || isOpen(file)) continue;
    if (await isRead(file, surroundings)) continue;
    const mark = await known.mark(file);
    if (mark === undefined) unusable.push(file);
    else unread.push({ file, place: placeAtStart(file, mark) });
  }
  return { unread, unusable };
}

async function isRead(file: Sibling, surroundings: Surroundings): Promise<boolean> {
  const { siblings, known, places } = surroundings;
  if (await isCopyOf(file, places)) return true;
  if (file.packing === undefined) return isCopyOfNew(file, surroundings);
  // What is being packed has the text beside it.
  const textPath = readPackedName(file.path).name;
  if (siblings.some(({ path }) => path === textPath)) return true;
  const mark = await known.mark(file);
  return mark !== undefined && (await isArchiveOfRead({ file, mark }, surroundings));
}

/** Made before we had read as far: a file that is open or that we have yet to read holds all of it. */
async function isCopyOfNew(
  file: Sibling,
  { path, known, open, siblings }: Surroundings,
): Promise<boolean> {
  const mark = await known.mark(file);
  if (mark === undefined) return false;
  for (const other of open) if (await other.wasPackedTo({ file, mark })) return true;
  const at = siblings.indexOf(file);
  for (const [index, other] of siblings.entries()) {
    const isRead = other.path === path || (other.isRotated && !known.has(other));
    // Of two that are equal the later one is read.
    const holdsMore = other.size > file.size || (other.size === file.size && index > at);
    if (other.packing !== undefined || !isRead || !holdsMore) continue;
    if (await isPackedFromText({ file, mark }, other)) return true;
  }
  return false;
}

async function isArchiveOfRead(
  archive: MarkedArchive,
  { siblings, known, open }: Surroundings,
): Promise<boolean> {
  if (await known.isPackedFromKnown(archive, siblings)) return true;
  for (const file of open) if (await file.wasPackedTo(archive)) return true;
  return false;
}

/** Whether a file is a copy of one whose place is known. */
async function isCopyOf(file: Sibling, places: readonly FilePlace[]): Promise<boolean> {
  for (const place of places) if (place.offset > 0 && (await holdsPlace(file, place))) return true;
  return false;
}

/** Of a file that nobody has read anything of. */
function placeAtStart({ dev, ino }: Sibling, mark: FileMark): FilePlace {
  const { headBytes, headHash } = mark;
  return { dev, ino, offset: 0, headBytes, headHash, markerBytes: 0, markerHash: emptyHash };
}
