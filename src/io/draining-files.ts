import type { FollowLedger } from './follow-ledger.ts';
import type { LogFile } from './log-file.ts';

interface DrainingFile {
  readonly file: LogFile;
  /** Monotonic milliseconds. */
  grewAt: number;
}

/** Each file keeps a descriptor open. Beyond this number the oldest files that have been read are closed. */
const maximumFiles = 8;

/**
 * Renamed or deleted files that are still read. They stay open for a grace time after they last grew: a server writes
 * to its old log until it reopens its logs, Apache until its last request has ended.
 */
export class DrainingFiles {
  readonly #ledger: FollowLedger;
  #draining: DrainingFile[] = [];

  constructor(ledger: FollowLedger) {
    this.#ledger = ledger;
  }

  add(file: LogFile): void {
    this.#draining.push({ file, grewAt: performance.now() });
  }

  files(): readonly LogFile[] {
    return this.#draining.map(({ file }) => file);
  }

  /** Takes a file out without closing it. */
  remove(isWanted: (file: LogFile) => boolean): LogFile | undefined {
    const found = this.#draining.find(({ file }) => isWanted(file));
    this.#draining = this.#draining.filter((entry) => entry !== found);
    return found?.file;
  }

  /** Takes all files out without closing them. */
  clear(): void {
    this.#draining = [];
  }

  /** Reads new lines, and closes files that have not grown for the grace time. Returns the bytes read. */
  async read(graceMilliseconds: number): Promise<number> {
    let total = 0;
    let surplus = this.#draining.length - maximumFiles;
    const kept: DrainingFile[] = [];
    for (const entry of this.#draining) {
      const read = await this.#ledger.read(entry.file);
      total += read;
      if (read > 0) entry.grewAt = performance.now();
      const isExpired = read === 0 && performance.now() - entry.grewAt >= graceMilliseconds;
      if (isExpired || (read === 0 && surplus > 0)) {
        await this.#ledger.retire(entry.file);
        surplus -= 1;
      } else kept.push(entry);
    }
    this.#draining = kept;
    return total;
  }
}
