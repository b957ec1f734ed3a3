import { type FilePlace, holdsPlace } from './file-place.ts';
import { findUnread } from './find-unread.ts';
import type { KnownFiles } from './known-files.ts';
import type { LogFile } from './log-file.ts';
import type { Sibling, Siblings } from './log-siblings.ts';
import type { RotatedFiles, RotatedFilesOptions } from './rotated-files.ts';

/** Listing the directory costs more than looking at one file. */
const pollsPerListing = 4;

export interface RotationFinderOptions extends RotatedFilesOptions {
  /** Takes what is found. */
  readonly rotated: RotatedFiles;
  readonly known: KnownFiles;
  /** The file at the path that is being read. */
  readonly current: () => LogFile | undefined;
}

/** Finds what rotation has left beside a log and nobody has read: files between two looks, and copies. */
export class RotationFinder {
  readonly #options: RotationFinderOptions;
  #pollsSinceListing = 0;
  /** Whether nothing of the file was read at some time since the last listing. */
  #mayHaveBeenEmptied = true;
  /** Keys of files that may yet turn out to hold lines nobody has read. */
  #undecided: ReadonlySet<string> = new Set();
  /** Of rotated files at the last list, by key. */
  #sizes: ReadonlyMap<string, number> = new Map();
  #hasToldRing = false;

  constructor(options: RotationFinderOptions) {
    this.#options = options;
  }

  /** The file at the path is another one, or was emptied. */
  expectCopies(): void {
    this.#mayHaveBeenEmptied = true;
  }

  async listNowAndThen(): Promise<Siblings | undefined> {
    this.#pollsSinceListing += 1;
    if (this.#pollsSinceListing < pollsPerListing) return undefined;
    this.#pollsSinceListing = 0;
    return this.#options.list(this.#options.path);
  }

  /**
   * What came since the last list while the same file stood at the path is no work of a rotation, and counts as known.
   * But a file of which nothing is read can be copied and emptied without a trace in it: then a copy is new to us.
   */
  async takeList(listed: Siblings): Promise<void> {
    const { path, known, ledger, current } = this.#options;
    this.#tellRing(listed);
    if (!this.#mayHaveBeenEmptied) await known.remember(listed, { path, except: this.#undecided });
    if (this.#mayHaveBeenEmptied || this.#undecided.size > 0) await this.takeNew();
    const file = current();
    const place = file && ledger.place(file);
    this.#mayHaveBeenEmptied = place === undefined || place.offset === 0;
  }

  /** What stands there is known, as long as there is no list from before. */
  async rememberFirst(): Promise<void> {
    const { path, known, list } = this.#options;
    if (known.marks() !== undefined) return;
    await known.remember(await list(path), { path, except: new Set() });
  }

  /**
   * Rotated more than once while nobody looked: the files between the one known and the path's own.
   *
   * @param copied places in files that were truncated, and whose copies are being read
   */
  async takeNew(copied: readonly FilePlace[] = []): Promise<void> {
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
      rotated.add(unread, { place, isCopy: false });
    }
    for (const { size, path: lost } of found.unusable) {
      ledger.lose(size, `"${lost}" cannot be read; its lines are not counted`);
    }
    this.#undecided = found.undecided;
    await known.remember(siblings, { path, except: found.undecided });
  }

  /** After copytruncate the copy holds what was written between our last read and the truncation. */
  async recoverFromCopy(place: FilePlace): Promise<void> {
    // Every file holds nothing: a copy made of it then is new to us, and found as such.
    if (place.offset === 0) return;
    const { path, rotated, list } = this.#options;
    const { files } = await list(path);
    const others = files.filter((file) => file.path !== path).toReversed();
    for (const copy of others) {
      if (!(await holdsPlace(copy, place))) continue;
      rotated.add(copy, { place, isCopy: true });
      return;
    }
  }

  /** What was being read is nowhere any more: perhaps in an archive. */
  tellLost({ files }: Siblings): void {
    const { known, ledger } = this.#options;
    const hidden = files.find((file) => file.packing === 'unreadable' && !known.has(file));
    if (hidden === undefined) return;
    ledger.tell(
      `"${hidden.path}" may hold lines that were not read, and cannot be unpacked here; pack with gzip, or delay packing`,
    );
  }

  /** Nobody empties a rotated file but who writes to it again. */
  #tellRing({ files }: Siblings): void {
    const { path, ledger } = this.#options;
    const texts = files.filter((file) => file.isRotated && file.packing === undefined);
    const emptied = texts.find(({ key, size }) => size < (this.#sizes.get(key) ?? 0));
    this.#sizes = new Map(texts.map(({ key, size }) => [key, size]));
    if (emptied === undefined || this.#hasToldRing) return;
    this.#hasToldRing = true;
    ledger.tell(
      `"${emptied.path}" was emptied and is written to again, as by "rotatelogs -n"; its lines are not counted: write "ring: true" beside "path: ${path}"`,
    );
  }

  isOpen(file: Sibling): boolean {
    const { dev, ino } = this.#options.current() ?? {};
    return this.#options.rotated.has(file) || (file.dev === dev && file.ino === ino);
  }

  /** Of all that is open or will be: rotated files first, in the order in which they are read. */
  places(): readonly FilePlace[] {
    const { rotated, ledger, current } = this.#options;
    const file = current();
    const place = file && ledger.place(file);
    return place === undefined ? rotated.places() : [...rotated.places(), place];
  }
}
