import { type FilePlace, holdsPlace } from './file-place.ts';
import { findUnread } from './find-unread.ts';
import type { FollowLedger } from './follow-ledger.ts';
import type { KnownFiles } from './known-files.ts';
import type { LogFile } from './log-file.ts';
import { listSiblings, type Sibling, type Siblings } from './log-siblings.ts';
import type { RotatedFiles } from './rotated-files.ts';

/** Listing the directory costs more than looking at one file. */
const pollsPerListing = 4;

export interface RotationFinderOptions {
  /** Of the log. */
  readonly path: string;
  readonly ledger: FollowLedger;
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
    return listSiblings(this.#options.path);
  }

  /**
   * What came since the last list while the same file stood at the path is no work of a rotation, and counts as known.
   * But a file of which nothing is read can be copied and emptied without a trace in it: then a copy is new to us.
   */
  async takeList(listed: Siblings): Promise<void> {
    const { path, known, ledger, current } = this.#options;
    if (!this.#mayHaveBeenEmptied) await known.remember(listed, { path, except: this.#undecided });
    if (this.#mayHaveBeenEmptied || this.#undecided.size > 0) await this.takeNew();
    const file = current();
    const place = file && ledger.place(file);
    this.#mayHaveBeenEmptied = place === undefined || place.offset === 0;
  }

  /** What stands there is known, as long as there is no list from before. */
  async rememberFirst(): Promise<void> {
    const { path, known } = this.#options;
    if (known.marks() !== undefined) return;
    await known.remember(await listSiblings(path), { path, except: new Set() });
  }

  /**
   * Rotated more than once while nobody looked: the files between the one known and the path's own.
   *
   * @param copied places in files that were truncated, and whose copies are being read
   */
  async takeNew(copied: readonly FilePlace[] = []): Promise<void> {
    const { path, known, ledger, rotated, current } = this.#options;
    const siblings = await listSiblings(path);
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
    const { path, rotated } = this.#options;
    const { files } = await listSiblings(path);
    const others = files.filter((file) => file.path !== path).toReversed();
    for (const copy of others) {
      if (!(await holdsPlace(copy, place))) continue;
      rotated.add(copy, { place, isCopy: true });
      return;
    }
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
