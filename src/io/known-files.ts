import {
  type FileMark,
  isBeginningOf,
  isPackedFrom,
  type MarkedFile,
  readMark,
} from './file-mark.ts';
import type { Sibling, Siblings } from './log-siblings.ts';
import { openRegular } from './open-regular.ts';

/** Files beside a log that were read, or that existed before the exporter started. */
export class KnownFiles {
  /** Undefined if the directory could not be listed: then no file can be recognised as new. */
  #marks: readonly FileMark[] | undefined;
  /** Reading a mark opens the file. It is read again only if the size has changed. */
  #cache = new Map<string, { readonly size: number; readonly mark: FileMark | undefined }>();

  constructor(marks: readonly FileMark[] | undefined) {
    this.#marks = marks;
  }

  marks(): readonly FileMark[] | undefined {
    return this.#marks;
  }

  has({ key }: Sibling): boolean {
    return this.#marks?.some((mark) => mark.key === key) ?? false;
  }

  /**
   * Remembers all listed files as read, except the log itself.
   *
   * @param except keys of files that do not count as read
   */
  async remember(
    { files, isComplete }: Siblings,
    { path, except }: { readonly path: string; readonly except: ReadonlySet<string> },
  ): Promise<void> {
    const marks: FileMark[] = [];
    const cache = new Map<string, { readonly size: number; readonly mark: FileMark | undefined }>();
    for (const file of files) {
      if (file.path === path) continue;
      const mark = await this.mark(file);
      cache.set(file.key, { size: file.size, mark });
      if (except.has(file.key)) continue;
      marks.push(mark ?? { key: file.key, headBytes: 0, headHash: '', bytes: null });
    }
    this.#cache = cache;
    this.#marks = isComplete ? marks : undefined;
  }

  async mark(file: Sibling): Promise<FileMark | undefined> {
    const cached = this.#cache.get(file.key);
    return cached?.size === file.size ? cached.mark : readMark(file);
  }

  /**
   * Whether an archive holds lines that were read from a known file, or that a text file beside it holds.
   *
   * @param texts the log and its rotated files, which were or will be read
   */
  async isPackedFromKnown(archive: MarkedFile, texts: readonly Sibling[]): Promise<boolean> {
    for (const mark of this.#marks ?? []) if (await isPackedFrom(archive, mark)) return true;
    for (const text of texts) {
      // While the text is being packed, the archive is incomplete. The text is read instead.
      if (text.packing === undefined && (await isBeginningOfText(archive, text))) return true;
    }
    return false;
  }
}

/** Whether a copy or archive holds the beginning of a text file. */
export async function isBeginningOfText(
  archive: MarkedFile,
  { path }: Pick<Sibling, 'path'>,
): Promise<boolean> {
  const handle = await openRegular(path).catch(() => undefined);
  if (handle === undefined) return false;
  try {
    return await isBeginningOf(archive, handle);
  } finally {
    await handle.close();
  }
}
