import type { LineConsumer } from '../parse/split-lines.ts';
import type { FilePlace } from './file-place.ts';
import { createFileQuota, type FileQuota, type FileRole } from './file-quota.ts';
import type { LogFile } from './log-file.ts';
import type { Sibling } from './log-siblings.ts';
import { openPackedFile } from './packed-file.ts';
import { openTextFile } from './text-file.ts';

/** Totals of the files that were read for one path. Stored in the checkpoint as JSON. */
export interface FollowTotals {
  readonly readBytes: number;
  readonly skippedBytes: number;
  readonly rotations: number;
  readonly tooLongLines: number;
}

export const emptyTotals: FollowTotals = {
  readBytes: 0,
  skippedBytes: 0,
  rotations: 0,
  tooLongLines: 0,
};

export interface FollowLedgerOptions {
  readonly consume: LineConsumer;
  readonly totals: FollowTotals;
  /** Shared by all logs. Absent: no bound. */
  readonly quota?: FileQuota;
}

/** A chunk takes about a millisecond. Scrapes are answered between two chunks. */
const chunksPerCheck = 32;

/** Opens and reads the files of one path. Keeps the totals and the place in each file. */
export class FollowLedger {
  readonly #consume: LineConsumer;
  readonly #quota: FileQuota;
  readonly #releases = new WeakMap<LogFile, () => void>();
  #totals: FollowTotals;
  #notices: string[] = [];
  /** Places taken while the files were intact: a truncated file no longer holds the bytes that identify its copy. */
  readonly #places = new WeakMap<LogFile, FilePlace>();

  constructor({ consume, totals, quota = createFileQuota() }: FollowLedgerOptions) {
    this.#consume = consume;
    this.#quota = quota;
    this.#totals = totals;
  }

  /** @throws an error that explains why no file of that role may be opened now */
  checkQuota(role: FileRole): void {
    this.#quota.check(role);
  }

  openText(path: string, offset: number, role: FileRole): Promise<LogFile> {
    return this.#open(role, () => openTextFile(path, offset));
  }

  /** @throws ENOENT also if another file has that name by now; the caller then lists the files again */
  async openAt(
    { path, packing, dev, ino }: Sibling,
    { place, role }: { readonly place: FilePlace; readonly role: FileRole },
  ): Promise<LogFile> {
    if (packing === undefined) {
      const text = await this.openText(path, place.offset, role);
      if (text.dev === dev && text.ino === ino) return text;
      await this.close(text);
      throw Object.assign(new Error(`"${path}" was renamed`), { code: 'ENOENT' });
    }
    return this.#open(role, () => openPackedFile(path, { packing, place }));
  }

  async close(file: LogFile): Promise<void> {
    await file.close();
    this.#releases.get(file)?.();
  }

  async read(file: LogFile): Promise<number> {
    const total = await file.read(this.#consume, chunksPerCheck);
    if (total > 0) this.#places.set(file, await file.place());
    this.#add('readBytes', total);
    return total;
  }

  /** Continues at the beginning of a truncated file. */
  async restart(file: LogFile): Promise<void> {
    file.restart();
    this.#places.set(file, await file.place());
  }

  /** Closes a file and keeps its counts. */
  async retire(file: LogFile): Promise<void> {
    this.#add('tooLongLines', file.tooLongLines());
    await this.close(file);
  }

  place(file: LogFile): FilePlace | undefined {
    return this.#places.get(file);
  }

  countRotation(): void {
    this.#add('rotations', 1);
  }

  /** Counts bytes that can no longer be read, and adds a notice with the reason. */
  countLost(bytes: number, notice: string): void {
    this.#add('skippedBytes', bytes);
    this.#notices.push(notice);
  }

  addNotice(notice: string): void {
    this.#notices.push(notice);
  }

  takeNotices(): readonly string[] {
    const notices = this.#notices;
    this.#notices = [];
    return notices;
  }

  totals(): FollowTotals {
    return this.#totals;
  }

  async #open(role: FileRole, open: () => Promise<LogFile>): Promise<LogFile> {
    const release = this.#quota.take(role);
    try {
      const file = await open();
      this.#places.set(file, await file.place());
      this.#releases.set(file, release);
      return file;
    } catch (error) {
      release();
      throw error;
    }
  }

  #add(field: keyof FollowTotals, amount: number): void {
    this.#totals = { ...this.#totals, [field]: this.#totals[field] + amount };
  }
}
