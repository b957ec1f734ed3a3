import type { LineConsumer } from '../parse/split-lines.ts';
import type { FilePlace } from './file-place.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import type { Sibling } from './log-siblings.ts';
import { openPackedFile } from './packed-file.ts';

/** What reading of one path adds up to. Survives as JSON. */
export interface FollowTotals {
  readonly readBytes: number;
  readonly skippedBytes: number;
  readonly rotations: number;
  readonly tooLongLines: number;
}

/** Each chunk takes about a millisecond, and scrapes have their turn between two of them. */
const chunksPerPoll = 32;

/** Opens and reads the files of one path, and keeps the sums and each file's place. */
export class FollowLedger {
  readonly #consume: LineConsumer;
  #totals: FollowTotals;
  #notices: string[] = [];
  /** What a file is recognised by once it has been truncated: taken while it was intact. */
  readonly #places = new WeakMap<LogFile, FilePlace>();

  constructor(consume: LineConsumer, totals: FollowTotals) {
    this.#consume = consume;
    this.#totals = totals;
  }

  async openText(path: string, offset: number): Promise<LogFile> {
    const file = await openLogFile(path, offset);
    this.#places.set(file, await file.place());
    return file;
  }

  /** @throws ENOENT also when by now another file has that name: to be looked for again */
  async openAt({ path, packing, dev, ino }: Sibling, place: FilePlace): Promise<LogFile> {
    if (packing === undefined) {
      const text = await this.openText(path, place.offset);
      if (text.dev === dev && text.ino === ino) return text;
      await text.close();
      throw Object.assign(new Error(`"${path}" was renamed`), { code: 'ENOENT' });
    }
    const file = await openPackedFile(path, { packing, place });
    this.#places.set(file, await file.place());
    return file;
  }

  async read(file: LogFile): Promise<number> {
    const total = await file.read(this.#consume, chunksPerPoll);
    if (total > 0) this.#places.set(file, await file.place());
    this.#add('readBytes', total);
    return total;
  }

  /** Reads a file that was emptied from its beginning. */
  async restart(file: LogFile): Promise<void> {
    file.restart();
    this.#places.set(file, await file.place());
  }

  async retire(file: LogFile): Promise<void> {
    this.#add('tooLongLines', file.tooLongLines());
    await file.close();
  }

  place(file: LogFile): FilePlace | undefined {
    return this.#places.get(file);
  }

  countRotation(): void {
    this.#add('rotations', 1);
  }

  /** Bytes that nobody can read any more, and why. */
  lose(bytes: number, notice: string): void {
    this.#add('skippedBytes', bytes);
    this.#notices.push(notice);
  }

  tell(notice: string): void {
    this.#notices.push(notice);
  }

  takeNotices(): readonly string[] {
    const told = this.#notices;
    this.#notices = [];
    return told;
  }

  totals(): FollowTotals {
    return this.#totals;
  }

  #add(field: keyof FollowTotals, amount: number): void {
    this.#totals = { ...this.#totals, [field]: this.#totals[field] + amount };
  }
}
