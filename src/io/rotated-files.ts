import { errorCode, isDenied } from './explain-access.ts';
import type { FilePlace } from './file-place.ts';
import { findPlace } from './find-place.ts';
import type { FollowLedger } from './follow-ledger.ts';
import type { LogFile } from './log-file.ts';
import type { ListSiblings, Sibling } from './log-siblings.ts';

/** A rotated file that has lines nobody has read. */
interface UnreadFile extends UnreadPart {
  readonly key: string;
  /** On the disk: told when it is gone before it was read. */
  readonly bytes: number;
}

interface UnreadPart {
  readonly place: FilePlace;
  /** Nobody writes to a copy: it is let go at its end. */
  readonly isCopy: boolean;
}

/** A renamed or deleted file, and when it last grew (monotonic milliseconds). */
interface Draining {
  readonly file: LogFile;
  grewAt: number;
}

interface Reading {
  readonly file: LogFile;
  readonly unread: UnreadFile;
}

/** Each renamed file costs a descriptor; beyond this many the oldest that is read to its end is let go. */
const mostDraining = 8;
const mostAttempts = 3;

export interface RotatedFilesOptions {
  /** Of the log. */
  readonly path: string;
  readonly ledger: FollowLedger;
  readonly list: ListSiblings;
}

/**
 * The files that rotation has taken away from a path: those to be read one after the other, oldest first, and those
 * that are read to their end and may still be written to.
 */
export class RotatedFiles {
  readonly #path: string;
  readonly #ledger: FollowLedger;
  readonly #list: ListSiblings;
  #queue: UnreadFile[] = [];
  /** Whether nothing of the queue may be read at present. */
  #isBlocked = false;
  #reading: Reading | undefined;
  #draining: Draining[] = [];

  constructor({ path, ledger, list }: RotatedFilesOptions) {
    this.#path = path;
    this.#ledger = ledger;
    this.#list = list;
  }

  add({ key, dev, ino, size }: Sibling, { place, isCopy }: UnreadPart): void {
    // The place may have been taken in a file whose number another one has now.
    this.#queue.push({ key, place: { ...place, dev, ino }, bytes: size, isCopy });
  }

  drainLater(file: LogFile): void {
    this.#draining.push({ file, grewAt: performance.now() });
  }

  /** Reads a bounded amount; true when there is more at once. */
  async poll(graceMilliseconds: number): Promise<boolean> {
    const drained = await this.#drain(graceMilliseconds);
    const read = await this.#readNext();
    return drained > 0 || read;
  }

  files(): readonly LogFile[] {
    const draining = this.#draining.map(({ file }) => file);
    return this.#reading === undefined ? draining : [this.#reading.file, ...draining];
  }

  isEmpty(): boolean {
    return this.files().length + this.#queue.length === 0;
  }

  /** Whether there are files to read that are older than the one at the path. */
  isCatchingUp(): boolean {
    return this.#reading !== undefined || (this.#queue.length > 0 && !this.#isBlocked);
  }

  places(): readonly FilePlace[] {
    const open = this.files().flatMap((file) => this.#ledger.place(file) ?? []);
    return [...open, ...this.#queue.map(({ place }) => place)];
  }

  async lag(): Promise<number> {
    const lags = await Promise.all(this.files().map((file) => file.lag()));
    const waiting = this.#queue.map(({ bytes, place }) => Math.max(0, bytes - place.offset));
    return [...lags, ...waiting].reduce((sum, lag) => sum + lag, 0);
  }

  tooLongLines(): number {
    return this.files().reduce((sum, file) => sum + file.tooLongLines(), 0);
  }

  has({ key, dev, ino }: Sibling): boolean {
    return (
      this.#queue.some((unread) => unread.key === key) ||
      this.files().some((file) => file.dev === dev && file.ino === ino)
    );
  }

  /** The file that stands at the path again, where it was left. */
  async takeBack(sibling: Pick<Sibling, 'dev' | 'ino'>): Promise<LogFile | undefined> {
    const isIt = ({ dev, ino }: { readonly dev: number; readonly ino: number }) =>
      dev === sibling.dev && ino === sibling.ino;
    const drained = this.#draining.find(({ file }) => isIt(file));
    this.#draining = this.#draining.filter((entry) => entry !== drained);
    if (drained !== undefined) return drained.file;
    const waiting = this.#queue.find(({ place }) => isIt(place));
    this.#queue = this.#queue.filter((unread) => unread !== waiting);
    if (waiting !== undefined) return this.#ledger.openText(this.#path, waiting.place.offset);
    const reading = this.#reading;
    if (reading === undefined || !isIt(reading.file)) return undefined;
    this.#reading = undefined;
    return reading.file;
  }

  async close(): Promise<void> {
    const files = this.files();
    this.#queue = [];
    this.#reading = undefined;
    this.#draining = [];
    for (const file of files) await file.close();
  }

  async #drain(graceMilliseconds: number): Promise<number> {
    let total = 0;
    const kept: Draining[] = [];
    let tooMany = this.#draining.length - mostDraining;
    for (const entry of this.#draining) {
      const read = await this.#ledger.read(entry.file);
      total += read;
      if (read > 0) entry.grewAt = performance.now();
      const isOver = read === 0 && performance.now() - entry.grewAt >= graceMilliseconds;
      if (isOver || (read === 0 && tooMany > 0)) {
        await this.#ledger.retire(entry.file);
        tooMany -= 1;
      } else kept.push(entry);
    }
    this.#draining = kept;
    return total;
  }

  async #readNext(): Promise<boolean> {
    this.#reading ??= await this.#openNext();
    if (this.#reading === undefined) return false;
    const { file, unread } = this.#reading;
    const read = await this.#ledger.read(file);
    const end = file.end();
    if (read > 0 && end === undefined) return true;
    this.#reading = undefined;
    if (end?.problem !== undefined) {
      const notice = `a rotated file of "${this.#path}" cannot be unpacked to its end (${end.problem}); it was read up to there`;
      this.#ledger.lose(end.lostBytes, notice);
    }
    if (end !== undefined || unread.isCopy) await this.#ledger.retire(file);
    else this.drainLater(file);
    return read > 0 || this.isCatchingUp();
  }

  /** The next that can be opened; one that may not be read waits until it may. */
  async #openNext(): Promise<Reading | undefined> {
    this.#isBlocked = false;
    for (const unread of this.#queue) {
      try {
        const file = await this.#open(unread);
        this.#queue = this.#queue.filter((other) => other !== unread);
        if (file !== undefined) return { file, unread };
        const lost = Math.max(0, unread.bytes - unread.place.offset);
        this.#ledger.lose(lost, `a rotated file of "${this.#path}" was removed before it was read`);
      } catch (error) {
        if (!isDenied(error)) throw error;
        this.#isBlocked = true;
      }
    }
    return undefined;
  }

  /** Once more when it was renamed between the listing and the opening. */
  async #open(unread: UnreadFile): Promise<LogFile | undefined> {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const { files } = await this.#list(this.#path);
      const isIt = ({ key }: Sibling) => key === unread.key;
      const found = files.find(isIt) ?? (await findPlace(files, unread.place));
      if (found === undefined) return undefined;
      try {
        return await this.#ledger.openAt(found, unread.place);
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error;
      }
    }
    return undefined;
  }
}
