import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './explain-access.ts';
import type { FollowLedger } from './follow-ledger.ts';
import type { FollowOptions, FollowState } from './follow-state.ts';
import type { LogFile } from './log-file.ts';
import { findHome } from './log-siblings.ts';
import { checkReadable, endOfLastLine } from './open-regular.ts';
import type { RotatedFiles } from './rotated-files.ts';
import type { RotationFinder } from './rotation-finder.ts';

export interface CurrentFileOptions extends Pick<FollowOptions, 'path' | 'start'> {
  readonly ledger: FollowLedger;
  readonly rotated: RotatedFiles;
  readonly finder: RotationFinder;
  /** From the checkpoint. */
  readonly state: FollowState | undefined;
}

interface FoundFile {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
}

/**
 * The file that is at the path of a log now. Each check detects whether rotation has replaced it (another inode is at
 * the path), truncated it (the bytes that were read are gone) or removed it.
 */
export class CurrentFile {
  readonly #options: CurrentFileOptions;
  #file: LogFile | undefined;
  /** Whether the path was checked before. A file that appears later is new, and is read from its beginning. */
  #wasChecked: boolean;
  /** Whether a file was open before. Opening another file at the path then is a rotation. */
  #hadFile: boolean;
  /** Size of a file that existed at the first check but could not be opened. Only the bytes after it are new. */
  #sizeAtStart: number | undefined;
  #directory: string | undefined;

  constructor(options: CurrentFileOptions) {
    this.#options = options;
    this.#wasChecked = options.state !== undefined;
    this.#hadFile = (options.state?.places.length ?? 0) > 0;
  }

  file(): LogFile | undefined {
    return this.#file;
  }

  /** The directory of the file itself. The path may be a link into another directory. */
  directory(): string | undefined {
    return this.#directory;
  }

  /** Continues with a file that was open when the checkpoint was written. */
  resume(file: LogFile): void {
    this.#file = file;
  }

  /** Opens, replaces or restarts the file, so that it matches what is at the path now. */
  async check(): Promise<void> {
    const { path, finder } = this.#options;
    // The directory is listed before the path is checked. If the path is then unchanged, no rotation has happened
    // before the listing.
    const listed = await finder.listEveryFewChecks();
    const stats = await stat(path).catch((error: unknown) => this.#rethrowMissing(error));
    if (!stats.isFile()) await checkReadable(path);
    if (this.#file === undefined) await this.#open(stats);
    else if (stats.ino !== this.#file.ino || stats.dev !== this.#file.dev) {
      await this.#moveToRotated();
      await this.#open(stats);
    } else if (!(await this.#file.isIntact())) await this.#restartTruncated(this.#file);
    else if (listed !== undefined) await finder.checkListing(listed);
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) await this.#options.ledger.close(file);
  }

  /** A deleted file is read for a grace time, as a renamed one is. */
  async #rethrowMissing(error: unknown): Promise<never> {
    if (errorCode(error) === 'ENOENT') {
      this.#wasChecked = true;
      await this.#moveToRotated();
    }
    throw error;
  }

  async #moveToRotated(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    // Since the last check the file was truncated first, and then renamed or deleted.
    if (!(await file.isIntact())) await this.#restartTruncated(file);
    this.#file = undefined;
    this.#options.rotated.drain(file);
  }

  async #open(found: FoundFile): Promise<void> {
    const { path, ledger, rotated, finder } = this.#options;
    this.#file = await rotated.reclaim(found);
    if (this.#file !== undefined) return;
    const isNew = this.#wasChecked || this.#options.start === 'beginning';
    this.#sizeAtStart ??= found.size;
    const role = this.#hadFile ? 'next' : 'first';
    // Checked first: otherwise each check would search for the end of a file that may not be opened.
    ledger.checkQuota(role);
    const offset = isNew ? 0 : await endOfLastLine(path, this.#sizeAtStart);
    this.#file = await ledger.openText(path, offset, role);
    finder.expectCopies();
    this.#directory = dirname(await findHome(path));
    if (this.#hadFile) {
      ledger.countRotation();
      await finder.queueUnread();
    } else await finder.rememberExisting();
    this.#wasChecked = true;
    this.#hadFile = true;
  }

  /** Reads a truncated file from its beginning, after the lines that only its copy still holds. */
  async #restartTruncated(file: LogFile): Promise<void> {
    const { ledger, finder } = this.#options;
    const place = ledger.place(file);
    ledger.countRotation();
    if (place !== undefined) await finder.recoverFromCopy(place);
    await ledger.restart(file);
    finder.expectCopies();
    await finder.queueUnread(place === undefined ? [] : [place]);
  }
}
