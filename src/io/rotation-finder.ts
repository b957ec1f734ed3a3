import { type FilePlace, holdsPlace } from './file-place.ts';
import { findUnread } from './find-unread.ts';
import type { KnownFiles } from './known-files.ts';
import type { LogFile } from './log-file.ts';
import type { Sibling, Siblings } from './log-siblings.ts';
import type { RotatedFiles, RotatedFilesOptions } from './rotated-files.ts';

/** Listing the directory costs more than checking one file. */
const checksPerListing = 4;

export interface RotationFinderOptions extends RotatedFilesOptions {
  /** Queues the files that are found. */
  readonly rotated: RotatedFiles;
  readonly known: KnownFiles;
  /** The open file at the path of the log. */
  readonly current: () => LogFile | undefined;
}

/** Finds rotated files of which nothing was read, and copies that hold lines the truncated log no longer has. */
export class RotationFinder {
  readonly #options: RotationFinderOptions;
  #checksSinceListing = 0;
  /** Whether the file at the path had no read bytes at some time since the last listing. */
  #mayHaveBeenEmptied = true;
  /** Keys of files that may still turn out to be unread. */
  #undecided: ReadonlySet<string> = new Set();
  /** Sizes of the rotated files at the last listing, by key. */
  #sizes: ReadonlyMap<string, number> = new Map();
  #hasReportedRing = false;

  constructor(options: RotationFinderOptions) {
    this.#options = options;
  }

  /** To be called when the file at the path is new or was truncated: none of its lines has been read. */
  expectCopies(): void {
    this.#mayHaveBeenEmptied = true;
  }

  async listEveryFewChecks(): Promise<Siblings | undefined> {
    this.#checksSinceListing += 1;
    if (this.#checksSinceListing < checksPerListing) return undefined;
    this.#checksSinceListing = 0;
    return this.#options.list(this.#options.path);
  }

  /**
   * To be called when the file at the path is unchanged. Files that are new in the listing are then no result of a
   * rotation, for example copies made by hand, and are remembered as known. One exception: if nothing of the file at
   * the path has been read, it may have been copied and truncated without a visible change. Then a new file may be
   * that copy, and is unread.
   */
  async checkListing(listed: Siblings): Promise<void> {
    const { path, known, ledger, current } = this.#options;
    this.#reportRing(listed);
    if (!this.#mayHaveBeenEmptied) await known.remember(listed, { path, except: this.#undecided });
    if (this.#mayHaveBeenEmptied || this.#undecided.size > 0) await this.queueUnread();
    const file = current();
    const place = file && ledger.place(file);
    this.#mayHaveBeenEmptied = place === undefined || place.offset === 0;
  }

  /** At the first start all existing files count as known. With a list from the checkpoint this does nothing. */
  async rememberExisting(): Promise<void> {
    const { path, known, list } = this.#options;
    if (known.marks() !== undefined) return;
    await known.remember(await list(path), { path, except: new Set() });
  }

  /**
   * Queues the rotated files of which nothing was read, after one or several rotations.
   *
   * @param copied places in files that were truncated; their copies are being read and are not unread
   */
  async queueUnread(copied: readonly FilePlace[] = []): Promise<void> {
    const { path, known, ledger, rotated, current, list } = this.#options;
    const siblings = await list(path);
    const file = current();
    const found = await findUnread({
      path,
      siblings: siblings.files,
      known,
      isOpen: (other) => this.isOpen(other),
      open: file === undefined ? rotated.files() : [...rotated.files(), file],
      places: this.places(),
      copied,
    });
    for (const { file: unread, place } of found.unread) {
      ledger.countRotation();
      rotated.enqueue(unread, { place, isCopy: false });
    }
    for (const { size, path: lost } of found.unreadable) {
      ledger.countLost(size, `"${lost}" cannot be read; its lines are not counted`);
    }
    this.#undecided = found.undecided;
    await known.remember(siblings, { path, except: found.undecided });
  }

  /**
   * Queues the copy of a log that was truncated (copytruncate). It holds the lines that were written between the last
   * read and the truncation.
   *
   * @param place where reading of the log had stopped
   */
  async recoverFromCopy(place: FilePlace): Promise<void> {
    // Every file holds the first 0 bytes of a log. A copy of a log of which nothing was read is found as unread.
    if (place.offset === 0) return;
    const { path, rotated, list } = this.#options;
    const { files } = await list(path);
    const others = files.filter((file) => file.path !== path).toReversed();
    for (const copy of others) {
      if (!(await holdsPlace(copy, place))) continue;
      rotated.enqueue(copy, { place, isCopy: true });
      return;
    }
  }

  /** To be called when a file of the checkpoint was not found: it may have been packed in a format we cannot read. */
  reportUnreadableArchive({ files }: Siblings): void {
    const { known, ledger } = this.#options;
    const archive = files.find((file) => file.packing === 'unreadable' && !known.has(file));
    if (archive === undefined) return;
    ledger.addNotice(
      `"${archive.path}" may hold lines that were not read, and this Node.js cannot unpack it; pack with gzip, or delay packing (delaycompress)`,
    );
  }

  /** A rotated file that becomes smaller is one of a ring: it was emptied and is written to again. */
  #reportRing({ files }: Siblings): void {
    const { path, ledger } = this.#options;
    const texts = files.filter((file) => file.isRotated && file.packing === undefined);
    const emptied = texts.find(({ key, size }) => size < (this.#sizes.get(key) ?? 0));
    this.#sizes = new Map(texts.map(({ key, size }) => [key, size]));
    if (emptied === undefined || this.#hasReportedRing) return;
    this.#hasReportedRing = true;
    ledger.addNotice(
      `"${emptied.path}" was emptied and is written to again, as by "rotatelogs -n"; its lines are not counted: write "ring: true" beside "path: ${path}"`,
    );
  }

  /** Whether a file is open or waits in the queue. */
  isOpen(file: Sibling): boolean {
    const { dev, ino } = this.#options.current() ?? {};
    return this.#options.rotated.has(file) || (file.dev === dev && file.ino === ino);
  }

  /** Places in all files that are open or queued: rotated files in their reading order, then the file at the path. */
  places(): readonly FilePlace[] {
    const { rotated, ledger, current } = this.#options;
    const file = current();
    const place = file && ledger.place(file);
    return place === undefined ? rotated.places() : [...rotated.places(), place];
  }
}
