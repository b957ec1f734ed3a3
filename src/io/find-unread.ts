import { type CopySource, isUntouched, mayBeCopy } from './copy-evidence.ts';
import type { FileMark, MarkedFile } from './file-mark.ts';
import { emptyHash, type FilePlace, holdsPlace } from './file-place.ts';
import { isBeginningOfText, type KnownFiles } from './known-files.ts';
import type { LogFile } from './log-file.ts';
import type { Sibling } from './log-siblings.ts';
import { readPackedName } from './packing.ts';

/** What is known about a log and its rotated files at the time of a search. */
export interface SearchContext {
  /** The path of the log. */
  readonly path: string;
  /** The log and its rotated files on disk, oldest first. */
  readonly siblings: readonly Sibling[];
  readonly known: KnownFiles;
  /** Whether a file is open or waits in the queue. */
  readonly isOpen: (file: Sibling) => boolean;
  readonly open: readonly LogFile[];
  /** Places in the files that are open or wait in the queue. */
  readonly places: readonly FilePlace[];
  /** Places in files that were truncated after they were copied. Their copies are being read. */
  readonly copied: readonly FilePlace[];
}

export interface SearchResult {
  readonly unread: readonly { readonly file: Sibling; readonly place: FilePlace }[];
  /** New rotated files that cannot be read. */
  readonly unreadable: readonly Sibling[];
  /** Keys of files to classify again later: empty files, and copies of lines that are not read yet. */
  readonly undecided: ReadonlySet<string>;
}

/**
 * `read`: every line of the file was counted, or will be counted from another file. `undecided`: the file may be a copy
 * of a log, and reading of that log has not reached the end of the copy. `unread`: no line of it was counted.
 */
type ReadStatus = 'read' | 'undecided' | 'unread';

/** Finds rotated files that are not known, not open, and no copy or archive of a file that is. */
export async function findUnread(context: SearchContext): Promise<SearchResult> {
  const unread: { readonly file: Sibling; readonly place: FilePlace }[] = [];
  const unreadable: Sibling[] = [];
  const undecided = new Set<string>();
  for (const file of unknownFiles(context)) {
    const status = await classify(file, context);
    if (status === 'undecided') undecided.add(file.key);
    if (status !== 'unread') continue;
    const mark = await context.known.mark(file);
    if (mark === undefined) unreadable.push(file);
    else unread.push({ file, place: placeAtStart(file, mark) });
  }
  return { unread, unreadable, undecided };
}

/** Without an earlier list of known files, no file can be recognised as new. */
function unknownFiles({ path, siblings, known, isOpen }: SearchContext): readonly Sibling[] {
  if (known.marks() === undefined) return [];
  return siblings.filter((file) => {
    const isRotated = file.path !== path && file.isRotated && file.packing !== 'unreadable';
    return isRotated && !known.has(file) && !isOpen(file);
  });
}

async function classify(file: Sibling, context: SearchContext): Promise<ReadStatus> {
  if (file.packing !== undefined) return classifyArchive(file, context);
  // A server that has not reopened its log yet may still write to the file, or a copy may have just begun.
  if (file.size === 0) return 'undecided';
  if (await isCopyOf(file, context.copied)) return 'read';
  return classifyText(file, context);
}

/** A copy counts as read when reading of its source has reached the end of the copy. */
async function classifyText(file: Sibling, context: SearchContext): Promise<ReadStatus> {
  const mark = await context.known.mark(file);
  if (mark === undefined) return 'unread';
  let status: ReadStatus = 'unread';
  for (const source of await listSources(file, context)) {
    if (!mayBeCopy(file, source)) continue;
    if (!(await source.isSourceOf({ file, mark }))) continue;
    if ((source.place?.offset ?? 0) >= file.size) return 'read';
    status = 'undecided';
  }
  return status;
}

/** A file that is or will be read, and of which another file may be a copy. */
interface Source extends CopySource {
  readonly place: FilePlace | undefined;
  isSourceOf(copy: MarkedFile): Promise<boolean>;
}

const isSameFile =
  (a: { readonly dev: number; readonly ino: number }) =>
  (b: typeof a): boolean =>
    a.dev === b.dev && a.ino === b.ino;

async function listSources(copy: Sibling, context: SearchContext): Promise<readonly Source[]> {
  const { siblings, open, places } = context;
  const sources: Source[] = textsBeside(copy, context).map((file) => {
    const isAtPath = file.path === context.path;
    const place = places.find(isSameFile(file));
    const text = { file, isAtPath, place };
    return { ...file, isAtPath, place, isSourceOf: (copied) => isTextSourceOf(text, copied) };
  });
  // Open files that are no longer listed, such as deleted ones.
  for (const file of open) {
    const times = siblings.some(isSameFile(file)) ? undefined : await file.times();
    if (times === undefined) continue;
    const place = places.find(isSameFile(file));
    const isSourceOf = (copied: MarkedFile) => file.isSourceOf(copied);
    sources.push({ ...times, isAtPath: false, place, isSourceOf });
  }
  return sources;
}

function textsBeside(
  copy: Sibling,
  { path, siblings, known, isOpen }: SearchContext,
): readonly Sibling[] {
  const copyIndex = siblings.indexOf(copy);
  // Two new files may be copies of each other. Of two equal ones only the later one is a source, and is read.
  const isLargerOrLater = (file: Sibling, index: number) =>
    !(isUntouched(copy) && isUntouched(file)) ||
    file.size > copy.size ||
    (file.size === copy.size && index > copyIndex);
  return siblings.filter((file, index) => {
    if (file === copy || file.packing !== undefined) return false;
    if (file.path === path || isOpen(file)) return true;
    return file.isRotated && !known.has(file) && isLargerOrLater(file, index);
  });
}

/** The log at the path may have just been truncated after it was copied. Then the copy is recognised by the place. */
async function isTextSourceOf(
  { file, isAtPath, place }: Pick<Source, 'isAtPath' | 'place'> & { readonly file: Sibling },
  copy: MarkedFile,
): Promise<boolean> {
  if (await isBeginningOfText(copy, file)) return true;
  return isAtPath && place !== undefined && (await isCopyOf(copy.file, [place]));
}

async function classifyArchive(file: Sibling, context: SearchContext): Promise<ReadStatus> {
  const { siblings, known, places, copied } = context;
  if (await isCopyOf(file, [...copied, ...places])) return 'read';
  // While a file is being packed, its text is still beside the archive. The text is read instead.
  const textPath = readPackedName(file.path).name;
  if (siblings.some(({ path }) => path === textPath)) return 'read';
  const mark = await known.mark(file);
  if (mark === undefined) return 'unread';
  return (await isArchiveOfRead({ file, mark }, context)) ? 'read' : 'unread';
}

async function isArchiveOfRead(
  archive: MarkedFile,
  { path, siblings, known, open }: SearchContext,
): Promise<boolean> {
  // A copy made by hand was never read. It does not show that an archive with the same lines was.
  const texts = siblings.filter((file) => file.isRotated || file.path === path);
  if (await known.isPackedFromKnown(archive, texts)) return true;
  for (const file of open) if (await file.isSourceOf(archive)) return true;
  return false;
}

/** Whether a file contains all bytes before one of the places. */
async function isCopyOf(file: Sibling, places: readonly FilePlace[]): Promise<boolean> {
  for (const place of places) if (place.offset > 0 && (await holdsPlace(file, place))) return true;
  return false;
}

function placeAtStart({ dev, ino }: Sibling, mark: FileMark): FilePlace {
  const { headBytes, headHash } = mark;
  return { dev, ino, offset: 0, headBytes, headHash, markerBytes: 0, markerHash: emptyHash };
}
