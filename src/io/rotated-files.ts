import { DrainingFiles } from './draining-files.ts';
import { errorCode, isDenied } from './explain-access.ts';
import type { FilePlace } from './file-place.ts';
import { TooManyFilesError } from './file-quota.ts';
import { findPlace } from './find-place.ts';
import type { FollowLedger } from './follow-ledger.ts';
import type { LogFile } from './log-file.ts';
import type { ListSiblings, Sibling } from './log-siblings.ts';

interface UnreadPart {
  /** Where reading begins. */
  readonly place: FilePlace;
  /** Nothing is added to a copy: it is closed at its end instead of drained. */
  readonly isCopy: boolean;
}

/** A rotated file that waits to be read. */
interface QueuedFile extends UnreadPart {
  readonly key: string;
  /** Size on disk. It counts as lost if the file is removed before it was read. */
  readonly bytes: number;
}

interface Reading {
  readonly file: LogFile;
  readonly queued: QueuedFile;
}

const maximumAttempts = 3;

export interface RotatedFilesOptions {
  /** The path of the log. */
  readonly path: string;
  readonly ledger: FollowLedger;
  readonly list: ListSiblings;
}

/**
 * The files that rotation has moved away from a path. Files of which nothing was read wait in a queue and are read one
 * after the other, oldest first. A file that has been read, or that was open when it was renamed or deleted, drains: it
 * stays open because its server may still write to it.
 */
export class RotatedFiles {
  readonly #path: string;
  readonly #ledger: FollowLedger;
  readonly #list: ListSiblings;
  readonly #draining: DrainingFiles;
  #queue: QueuedFile[] = [];
  /** Whether permissions or the quota forbid to open any file of the queue at the moment. */
  #isBlocked = false;
  #reading: Reading | undefined;

  constructor({ path, ledger, list }: RotatedFilesOptions) {
    this.#path = path;
    this.#ledger = ledger;
    this.#list = list;
    this.#draining = new DrainingFiles(ledger);
  }

  enqueue({ key, dev, ino, size }: Sibling, { place, isCopy }: UnreadPart): void {
    // The place names the inode it was taken in. A copy or an archive has another one.
    this.#queue.push({ key, place: { ...place, dev, ino }, bytes: size, isCopy });
  }

  /** Keeps reading a file that was renamed or deleted. */
  drain(file: LogFile): void {
    this.#draining.add(file);
  }

  /** Reads a bounded amount. Returns true if there is more to read now. */
  async read(graceMilliseconds: number): Promise<boolean> {
    const drainedBytes = await this.#draining.read(graceMilliseconds);
    const hasMore = await this.#readNext();
    return drainedBytes > 0 || hasMore;
  }

  /** The open files, in the order in which they are read. */
  files(): readonly LogFile[] {
    const draining = this.#draining.files();
    return this.#reading === undefined ? draining : [this.#reading.file, ...draining];
  }

  isEmpty(): boolean {
    return this.files().length + this.#queue.length === 0;
  }

  /** Whether files older than the one at the path are still to be read. */
  isCatchingUp(): boolean {
    return this.#reading !== undefined || (this.#queue.length > 0 && !this.#isBlocked);
  }

  places(): readonly FilePlace[] {
    const open = this.files().flatMap((file) => this.#ledger.place(file) ?? []);
    return [...open, ...this.#queue.map(({ place }) => place)];
  }

  async lag(): Promise<number> {
    const lags = await Promise.all(this.files().map((file) => file.lag()));
    return [...lags, ...this.#queue.map(unreadBytes)].reduce((sum, lag) => sum + lag, 0);
  }

  tooLongLines(): number {
    return this.files().reduce((sum, file) => sum + file.tooLongLines(), 0);
  }

  has({ key, dev, ino }: Sibling): boolean {
    return (
      this.#queue.some((queued) => queued.key === key) ||
      this.files().some((file) => file.dev === dev && file.ino === ino)
    );
  }

  /** Returns a rotated file that was renamed back to the path of the log, at the place where reading stopped. */
  async reclaim(sibling: Pick<Sibling, 'dev' | 'ino'>): Promise<LogFile | undefined> {
    const isSame = ({ dev, ino }: { readonly dev: number; readonly ino: number }) =>
      dev === sibling.dev && ino === sibling.ino;
    const drained = this.#draining.remove(isSame);
    if (drained !== undefined) return drained;
    const waiting = this.#queue.find(({ place }) => isSame(place));
    if (waiting !== undefined) {
      const file = await this.#ledger.openText(this.#path, waiting.place.offset, 'next');
      // Not before it is open: a failure must not lose the place.
      this.#queue = this.#queue.filter((queued) => queued !== waiting);
      return file;
    }
    const reading = this.#reading;
    if (reading === undefined || !isSame(reading.file)) return undefined;
    this.#reading = undefined;
    return reading.file;
  }

  async close(): Promise<void> {
    const files = this.files();
    this.#queue = [];
    this.#reading = undefined;
    this.#draining.clear();
    for (const file of files) await this.#ledger.close(file);
  }

  /** Reads on in the oldest unread file. Returns true if there is more to read now. */
  async #readNext(): Promise<boolean> {
    this.#reading ??= await this.#openNext();
    if (this.#reading === undefined) return false;
    const { file, queued } = this.#reading;
    const readBytes = await this.#ledger.read(file);
    const end = file.end();
    if (readBytes > 0 && end === undefined) return true;
    this.#reading = undefined;
    if (end?.problem !== undefined) {
      this.#ledger.countLost(
        end.lostBytes,
        `a rotated file of "${this.#path}" cannot be unpacked to its end (${end.problem}); only the lines before that were counted`,
      );
    }
    if (end !== undefined || queued.isCopy) await this.#ledger.retire(file);
    else this.drain(file);
    return readBytes > 0 || this.isCatchingUp();
  }

  /** Opens the oldest file of the queue that permissions and the quota allow to open. The others stay in the queue. */
  async #openNext(): Promise<Reading | undefined> {
    this.#isBlocked = false;
    for (const queued of this.#queue) {
      try {
        const file = await this.#open(queued);
        this.#queue = this.#queue.filter((other) => other !== queued);
        if (file !== undefined) return { file, queued };
        this.#ledger.countLost(
          unreadBytes(queued),
          `a rotated file of "${this.#path}" was removed before it was read`,
        );
      } catch (error) {
        if (!isDenied(error) && !(error instanceof TooManyFilesError)) throw error;
        this.#isBlocked = true;
      }
    }
    return undefined;
  }

  /** Lists and opens again if the file was renamed between the listing and the opening. */
  async #open(queued: QueuedFile): Promise<LogFile | undefined> {
    for (let attempt = 0; attempt < maximumAttempts; attempt++) {
      const { files } = await this.#list(this.#path);
      const found =
        files.find(({ key }) => key === queued.key) ?? (await findPlace(files, queued.place));
      if (found === undefined) return undefined;
      try {
        return await this.#ledger.openAt(found, { place: queued.place, role: 'next' });
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error;
      }
    }
    return undefined;
  }
}

function unreadBytes({ bytes, place }: QueuedFile): number {
  return Math.max(0, bytes - place.offset);
}
