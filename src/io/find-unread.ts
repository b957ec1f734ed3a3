import { type CopySource, isUntouched, mayBeCopy } from './copy-evidence.ts';
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
  /** Of the files that are open or will be. */
  readonly places: readonly FilePlace[];
  /** Of files that were truncated after they were copied: their copies are being read. */
  readonly copied: readonly FilePlace[];
}

export interface FoundFiles {
  readonly unread: readonly { readonly file: Sibling; readonly place: FilePlace }[];
  /** Rotated files that are new and cannot be read. */
  readonly unusable: readonly Sibling[];
  /** Keys of those to be looked at again: empty ones, and copies of what is yet to be read. */
  readonly undecided: ReadonlySet<string>;
}

/** `read`: all that is in it was counted. `undecided`: it may be a copy of a log that is read no further yet. */
type Verdict = 'read' | 'undecided' | 'unread';

/** Rotated files of which nothing was read: neither known nor open nor a copy or archive of one that is. */
export async function findUnread(surroundings: Surroundings): Promise<FoundFiles> {
  const { known } = surroundings;
  const unread: { readonly file: Sibling; readonly place: FilePlace }[] = [];
  const unusable: Sibling[] = [];
  const undecided = new Set<string>();
  for (const file of newcomers(surroundings)) {
    const verdict = await judge(file, surroundings);
    if (verdict === 'undecided') undecided.add(file.key);
    if (verdict !== 'unread') continue;
    const mark = await known.mark(file);
    if (mark === undefined) unusable.push(file);
    else unread.push({ file, place: placeAtStart(file, mark) });
  }
  return { unread, unusable, undecided };
}

/** Without a list from before nobody can tell what is new. */
function newcomers({ path, siblings, known, isOpen }: Surroundings): readonly Sibling[] {
  if (known.marks() === undefined) return [];
  return siblings.filter((file) => {
    const isOther = file.path !== path && file.isRotated && file.packing !== 'unreadable';
    return isOther && !known.has(file) && !isOpen(file);
  });
}

async function judge(file: Sibling, surroundings: Surroundings): Promise<Verdict> {
  if (file.packing !== undefined) return judgeArchive(file, surroundings);
  // A server that has not opened its log anew yet may still write to it; a copy may be at its beginning.
  if (file.size === 0) return 'undecided';
  if (await isCopyOf(file, surroundings.copied)) return 'read';
  return judgeText(file, surroundings);
}

/** Of a copy of what is read: whether reading has come as far as the copy. */
async function judgeText(file: Sibling, surroundings: Surroundings): Promise<Verdict> {
  const mark = await surroundings.known.mark(file);
  if (mark === undefined) return 'unread';
  let verdict: Verdict = 'unread';
  for (const source of await sources(file, surroundings)) {
    if (!mayBeCopy(file, source)) continue;
    if (!(await source.holds({ file, mark }))) continue;
    if ((source.place?.offset ?? 0) >= file.size) return 'read';
    verdict = 'undecided';
  }
  return verdict;
}

/** What is or will be read, and of which there may be copies. */
interface Source extends CopySource {
  readonly place: FilePlace | undefined;
  holds(copy: MarkedArchive): Promise<boolean>;
}

async function sources(copy: Sibling, surroundings: Surroundings): Promise<readonly Source[]> {
  const { path, siblings, known, isOpen, open, places } = surroundings;
  const isSame = (a: { readonly dev: number; readonly ino: number }) => (b: typeof a) =>
    a.dev === b.dev && a.ino === b.ino;
  const at = siblings.indexOf(copy);
  // Of two copies that are new and equal the later one is read.
  const isSource = (file: Sibling, index: number) =>
    !(isUntouched(copy) && isUntouched(file)) ||
    file.size > copy.size ||
    (file.size === copy.size && index > at);
  const beside = siblings.filter((file, index) => {
    if (file === copy || file.packing !== undefined) return false;
    if (file.path === path || isOpen(file)) return true;
    return file.isRotated && !known.has(file) && isSource(file, index);
  });
  const sources: Source[] = beside.map((file) => {
    const isAtPath = file.path === path;
    const place = places.find(isSame(file));
    return {
      ...file,
      isAtPath,
      place,
      holds: (copy) => holdsCopy({ file, isAtPath, place }, copy),
    };
  });
  for (const file of open) {
    const times = siblings.some(isSame(file)) ? undefined : await file.times();
    if (times === undefined) continue;
    const place = places.find(isSame(file));
    sources.push({ ...times, isAtPath: false, place, holds: (copy) => file.wasPackedTo(copy) });
  }
  return sources;
}

/** The log at the path may be emptied at this moment, after it was copied: then its copy is known by the place. */
async function holdsCopy(
  { file, isAtPath, place }: Pick<Source, 'isAtPath' | 'place'> & { readonly file: Sibling },
  copy: MarkedArchive,
): Promise<boolean> {
  if (await isPackedFromText(copy, file)) return true;
  return isAtPath && place !== undefined && (await isCopyOf(copy.file, [place]));
}

async function judgeArchive(file: Sibling, surroundings: Surroundings): Promise<Verdict> {
  const { siblings, known, places, copied } = surroundings;
  if (await isCopyOf(file, [...copied, ...places])) return 'read';
  // What is being packed has the text beside it.
  const textPath = readPackedName(file.path).name;
  if (siblings.some(({ path }) => path === textPath)) return 'read';
  const mark = await known.mark(file);
  if (mark === undefined) return 'unread';
  return (await isArchiveOfRead({ file, mark }, surroundings)) ? 'read' : 'unread';
}

async function isArchiveOfRead(
  archive: MarkedArchive,
  { path, siblings, known, open }: Surroundings,
): Promise<boolean> {
  // A copy by hand is not read.
  const texts = siblings.filter((file) => file.isRotated || file.path === path);
  if (await known.isPackedFromKnown(archive, texts)) return true;
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
