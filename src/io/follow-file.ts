import { type CriUnwrapper, createCriUnwrapper } from '../parse/cri-line.ts';
import { present } from '../present.ts';
import { isReading, type SourceCondition, type SourceStats } from '../snapshot/log-source.ts';
import { CurrentFile } from './current-file.ts';
import { chooseGrace } from './drain-grace.ts';
import { explainAccess } from './explain-access.ts';
import type { FilePlace } from './file-place.ts';
import { checkPathIsReadable, findPlace } from './find-place.ts';
import { emptyTotals, FollowLedger, type FollowTotals } from './follow-ledger.ts';
import type { FileFollower, FollowOptions, FollowState } from './follow-state.ts';
import { KnownFiles } from './known-files.ts';
import { type ListSiblings, listAlone, listSiblings, type Sibling } from './log-siblings.ts';
import { RotatedFiles } from './rotated-files.ts';
import { RotationFinder } from './rotation-finder.ts';

/** A longer part of a line is not saved. After a restart the rest of that line counts as unparsed. */
const maximumSavedBytes = 64 * 1024;

/**
 * Follows a log file through rotation. Files are recognised by inode and content, not by name.
 *
 * - Rename and create: `CurrentFile` finds another inode at the path. It hands the old file to `RotatedFiles`, which
 *   keeps reading it, because servers write to it until they reopen their logs. Then it opens the new file.
 * - Copy and truncate: `CurrentFile` finds that the bytes it has read are gone. `RotationFinder` finds the copy. The
 *   lines written between the last read and the truncation are read from the copy.
 * - Several rotations between two checks, or while the exporter was stopped: `RotationFinder` lists the directory.
 *   findUnread() selects the files of which nothing was read, archives included. `RotatedFiles` queues them.
 * - `RotatedFiles` reads the queue, oldest file first. The file at the path waits until the queue is empty.
 * - `KnownFiles` remembers which files were read, so that packing or renaming them again counts nothing twice.
 *
 * A failure is reported by condition(), never thrown.
 */
export function followFile(options: FollowOptions): FileFollower {
  return new Follower(options);
}

class Follower implements FileFollower {
  readonly #options: FollowOptions;
  readonly #unwrapper: CriUnwrapper | undefined;
  readonly #ledger: FollowLedger;
  readonly #list: ListSiblings;
  readonly #rotated: RotatedFiles;
  readonly #known: KnownFiles;
  readonly #finder: RotationFinder;
  readonly #current: CurrentFile;
  /** The state from the checkpoint, until its files could be opened. */
  #unresumed: FollowState | undefined;
  #condition: SourceCondition = isReading;

  constructor(options: FollowOptions) {
    const { path, start, state } = options;
    const { readBytes, skippedBytes, rotations, tooLongLines } = state ?? emptyTotals;
    this.#options = options;
    this.#unwrapper = createUnwrapper(options);
    const consume = this.#unwrapper?.consume ?? options.consume;
    const totals = { readBytes, skippedBytes, rotations, tooLongLines };
    const ledger = new FollowLedger({ consume, totals, ...present({ quota: options.quota }) });
    const list = options.isOfRing === true ? listAlone : listSiblings;
    const rotated = new RotatedFiles({ path, ledger, list });
    const known = new KnownFiles(state?.siblings ?? undefined);
    const current = () => this.#current.file();
    const finder = new RotationFinder({ path, ledger, list, rotated, known, current });
    this.#ledger = ledger;
    this.#list = list;
    this.#rotated = rotated;
    this.#known = known;
    this.#finder = finder;
    this.#current = new CurrentFile({ path, start, ledger, rotated, finder, state });
    this.#unresumed = state;
  }

  async check(): Promise<boolean> {
    try {
      await this.#resume();
      await this.#current.check();
      this.#condition = isReading;
    } catch (error) {
      this.#condition = await explainAccess(this.#options.path, error);
    }
    // state() still returns the old places. Lines read now would be counted again after a restart.
    if (this.#unresumed !== undefined) return false;
    const isGone = this.#current.file() === undefined && !this.#rotated.isEmpty();
    const grace = await chooseGrace(this.#options, isGone ? this.#current.directory() : undefined);
    const hasMore = await this.#rotated.read(grace);
    // A container's line may begin in one file and end in the next, so the older file is read first.
    const file = this.#current.file();
    if (file === undefined || this.#rotated.isCatchingUp()) return hasMore;
    return (await this.#ledger.read(file)) > 0 || hasMore;
  }

  async state(): Promise<FollowState> {
    if (this.#unresumed !== undefined) return this.#unresumed;
    const unfinished = this.#unwrapper?.unfinished() ?? Buffer.alloc(0);
    return {
      ...this.#totals(),
      places: this.#finder.places(),
      siblings: this.#known.marks() ?? null,
      unfinished: unfinished.length > maximumSavedBytes ? '' : unfinished.toString('base64'),
    };
  }

  async stats(): Promise<SourceStats> {
    const lagBytes = ((await this.#current.file()?.lag()) ?? 0) + (await this.#rotated.lag());
    return { ...this.#totals(), lagBytes };
  }

  condition(): SourceCondition {
    return this.#condition;
  }

  takeNotices(): readonly string[] {
    return this.#ledger.takeNotices();
  }

  isFinished(): boolean {
    const hasNoFile = this.#current.file() === undefined && this.#rotated.isEmpty();
    return this.#condition.reason === 'waiting_for_file' && hasNoFile;
  }

  async isDeletedAndRead(): Promise<boolean> {
    if (this.#condition.reason !== 'waiting_for_file') return false;
    const deleted = await Promise.all(this.#rotated.files().map((file) => file.isDeleted()));
    return deleted.every(Boolean) && (await this.#rotated.lag()) === 0;
  }

  async close(): Promise<void> {
    await this.#current.close();
    await this.#rotated.close();
  }

  #totals(): FollowTotals {
    const totals = this.#ledger.totals();
    const inOpenFiles = (this.#current.file()?.tooLongLines() ?? 0) + this.#rotated.tooLongLines();
    const joined = this.#unwrapper?.tooLong() ?? 0;
    return { ...totals, tooLongLines: totals.tooLongLines + inOpenFiles + joined };
  }

  /** Opens the files named in the state, and queues the files that rotation has made since. */
  async #resume(): Promise<void> {
    const state = this.#unresumed;
    if (state === undefined) return;
    const { path } = this.#options;
    const siblings = await this.#list(path);
    await checkPathIsReadable(path, siblings);
    const copied: FilePlace[] = [];
    for (const place of state.places) {
      const file = await findPlace(siblings.files, place);
      if (file === undefined) this.#finder.reportUnreadableArchive(siblings);
      else {
        if (file.ino !== place.ino) copied.push(place);
        await this.#reopen(file, place);
      }
    }
    this.#unresumed = undefined;
    await this.#finder.queueUnread(copied);
  }

  async #reopen(file: Sibling, place: FilePlace): Promise<void> {
    if (this.#finder.isOpen(file)) return;
    if (file.path !== this.#options.path) this.#rotated.enqueue(file, { place, isCopy: false });
    else this.#current.resume(await this.#ledger.openAt(file, { place, role: 'first' }));
  }
}

function createUnwrapper({ cri, consume, state }: FollowOptions): CriUnwrapper | undefined {
  if (cri === undefined) return undefined;
  const unfinished = Buffer.from(state?.unfinished ?? '', 'base64');
  return createCriUnwrapper({ stream: cri, consume, unfinished });
}
