import {
  type FileMark,
  isPackedFrom,
  isPackedFromOpen,
  type MarkedArchive,
  readMark,
} from './file-mark.ts';
import type { Sibling, Siblings } from './log-siblings.ts';
import { openRegular } from './open-regular.ts';

/** What stands beside a log and has been read, or was there before us. */
export class KnownFiles {
  /** Undefined: not known, for the directory cannot be listed. */
  #marks: readonly FileMark[] | undefined;
  /** Reading a mark opens the file: done again only when the file has changed. */
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
   * From here on all of these count as read.
   *
   * @param except keys of those that do not, beside the log itself
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
   * Whether an archive holds what has been read from another file, or what stands beside it as text.
   *
   * @param texts what is read, or was, and stands there now
   */
  async isPackedFromKnown(archive: MarkedArchive, texts: readonly Sibling[]): Promise<boolean> {
    for (const mark of this.#marks ?? []) if (await isPackedFrom(archive, mark)) return true;
    for (const text of texts) {
      // Perhaps it is still being packed: then the archive has no end, and the text is what is read.
      if (text.packing === undefined && (await isPackedFromText(archive, text))) return true;
    }
    return false;
  }
}

/** Whether a copy or archive holds the beginning of a text. */
export async function isPackedFromText(
  archive: MarkedArchive,
  { path }: Pick<Sibling, 'path'>,
): Promise<boolean> {
  const handle = await openRegular(path).catch(() => undefined);
  if (handle === undefined) return false;
  try {
    return await isPackedFromOpen(archive, handle);
  } finally {
    await handle.close();
  }
}
