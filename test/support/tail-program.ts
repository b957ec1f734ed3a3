import { randomUUID } from 'node:crypto';
import {
  appendFile,
  copyFile,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { followFile } from '../../src/io/follow-file.ts';
import type { FileFollower, FollowState } from '../../src/io/follow-state.ts';

/** What can happen to a log and to the exporter that follows it. */
export const tailSteps = [
  'write',
  'write_half',
  'write_much',
  'write_late',
  'write_later',
  'check',
  'check_once',
  'rename',
  'rename_dated',
  'rename_only',
  'rename_twice',
  'rename_reopen',
  'copytruncate',
  'copytruncate_unseen',
  'copy_dated',
  'truncate_copied',
  'remove',
  'delete_oldest',
  'delete_dated',
  'pack_oldest',
  'pack_dated',
  'copy_by_hand',
  'save',
  'stop',
  'crash',
  'start',
] as const;

export type TailStep = (typeof tailSteps)[number];

/** Programs that fast-check shrinks to the shortest one that fails. */
export function tailPrograms(longest = 30): fc.Arbitrary<readonly TailStep[]> {
  const often = { weight: 4, arbitrary: fc.constantFrom<TailStep>('write', 'check') };
  const any = { weight: 5, arbitrary: fc.constantFrom(...tailSteps) };
  return fc.array(fc.oneof(often, any), { maxLength: longest });
}

/** No bytes are copied, and no log is written to after it was renamed: as a copy is, after it came into being. */
const renamingSteps = [
  'write',
  'check',
  'check_once',
  'rename',
  'rename_dated',
  'rename_only',
  'rename_twice',
  'rename_reopen',
  'save',
  'stop',
  'crash',
  'start',
] as const satisfies readonly TailStep[];

/** Programs in which logs of equal lines can be told apart, too. */
export function renamingPrograms(longest = 20): fc.Arbitrary<readonly TailStep[]> {
  return fc.array(fc.constantFrom(...renamingSteps), { maxLength: longest });
}

export interface TailOptions {
  /** `alike`: each line is the same, as of a format without a time. */
  readonly lines?: 'numbered' | 'alike';
}

export interface TailResult {
  /** Every line that was written whole. */
  readonly written: readonly string[];
  /** Every line that is in the totals. */
  readonly seen: readonly string[];
}

/** Runs a program on real files in a directory of its own, and reads all there is at its end. */
export async function runTailProgram(
  program: readonly TailStep[],
  { lines = 'numbered' }: TailOptions = {},
): Promise<TailResult> {
  const directory = join(tmpdir(), `tail-${randomUUID()}`);
  await mkdir(directory);
  const world = new World(join(directory, 'access.log'), lines);
  try {
    await world.step('write');
    await world.step('start');
    await world.step('check');
    await world.step('save');
    for (const step of program) await world.step(step);
    // Between rotations a path may be empty; what was renamed meanwhile is read when it is there again.
    await world.step('write');
    await world.step('start');
    // The directory is listed at every fourth look.
    for (let check = 0; check < 4; check++) await world.step('check');
    return { written: world.written.toSorted(), seen: world.seen.toSorted() };
  } finally {
    await world.end();
    await rm(directory, { recursive: true });
  }
}

/** A log, its rotated files, and an exporter that is there or not. */
class World {
  readonly written: string[] = [];
  readonly seen: string[] = [];
  readonly #path: string;
  readonly #isAlike: boolean;
  #follower: FileFollower | undefined;
  #saved: { readonly state: FollowState; readonly seen: number } | undefined;
  #half = '';
  #number = 0;
  #rotated = 0;
  /** Renamed in this order, and perhaps still written to; nobody writes into a copy. */
  #renamed: readonly string[] = [];
  #copies = 0;
  readonly #dated: string[] = [];
  #deleted = 0;
  /** How much had been written when the log was copied last; undefined once it is another file. */
  #copied: number | undefined;

  constructor(path: string, lines: 'numbered' | 'alike') {
    this.#path = path;
    this.#isAlike = lines === 'alike';
  }

  async step(step: TailStep): Promise<void> {
    switch (step) {
      case 'write':
        return this.#write(3);
      case 'write_much':
        return this.#write(3000);
      case 'write_half':
        return this.#writeHalf();
      case 'write_late':
        return this.#writeLate(this.#renamed.at(-1));
      case 'write_later':
        return this.#writeLate(this.#renamed.at(-2));
      case 'check':
        while (await this.#follower?.check());
        return;
      case 'check_once':
        return void (await this.#follower?.check());
      case 'rename':
        await this.#rename();
        return this.#write(1);
      case 'rename_only':
        return this.#rename();
      case 'rename_dated':
        await this.#moveTo(`${this.#path}-2025${String(this.#number).padStart(4, '0')}`);
        return this.#write(1);
      case 'rename_reopen':
        await this.#moveTo(this.#nextDated());
        return appendFile(this.#path, '');
      case 'rename_twice':
        for (let time = 0; time < 2; time++) await this.step('rename');
        return;
      case 'copytruncate':
        return this.#copyAndTruncate();
      case 'copytruncate_unseen':
        await this.step('copy_dated');
        return this.step('truncate_copied');
      case 'copy_dated':
        return this.#copyDated();
      case 'truncate_copied':
        return this.#truncateCopied();
      case 'remove':
        return this.#remove();
      case 'delete_oldest':
        return this.#deleteOldest();
      case 'delete_dated':
        return this.#deleteDated();
      case 'pack_oldest':
        return this.#pack(`${this.#path}.${this.#rotated}`);
      case 'pack_dated':
        return this.#pack(this.#dated[this.#deleted]);
      case 'copy_by_hand':
        return this.#copyByHand();
      case 'save':
        return this.#save();
      case 'stop':
        await this.#save();
        return this.#leave();
      case 'crash':
        return this.#crash();
      case 'start':
        return this.#start();
    }
  }

  async end(): Promise<void> {
    await this.#follower?.close();
  }

  async #write(count: number): Promise<void> {
    const text = Array.from({ length: count }, () => `${this.#nextLine()}\n`).join('');
    const whole = this.#half + text;
    this.written.push(...whole.trimEnd().split('\n'));
    this.#half = '';
    await appendFile(this.#path, text);
  }

  async #writeHalf(): Promise<void> {
    if (this.#half !== '') return;
    this.#half = `half ${this.#number++} `;
    await appendFile(this.#path, this.#half);
  }

  #nextLine(): string {
    const number = this.#number++;
    return this.#isAlike ? 'GET /healthz 200' : `line ${number}`;
  }

  /** A server, or one of its workers, that has not opened its log anew yet. */
  async #writeLate(file: string | undefined): Promise<void> {
    if (file === undefined || this.#half !== '') return;
    const line = this.#nextLine();
    this.written.push(line);
    await appendFile(file, `${line}\n`);
  }

  /** Nobody rotates in the middle of a line: servers write whole ones. */
  async #endHalf(): Promise<void> {
    if (this.#half !== '') await this.#write(1);
  }

  /** As logrotate does: the newest is always `.1`. */
  async #rename(): Promise<void> {
    await this.#endHalf();
    if (!(await exists(this.#path))) return;
    await this.#shift();
    await this.#moveTo(`${this.#path}.1`);
  }

  async #shift(): Promise<void> {
    for (let at = this.#rotated; at > 0; at--) {
      const ending = (await exists(`${this.#path}.${at}`)) ? '' : '.gz';
      await rename(`${this.#path}.${at}${ending}`, `${this.#path}.${at + 1}${ending}`);
    }
    this.#rotated += 1;
    this.#renamed = this.#renamed.map((file) => {
      const number = file.slice(this.#path.length + 1);
      return file.startsWith(`${this.#path}.`) ? `${this.#path}.${Number(number) + 1}` : file;
    });
  }

  async #moveTo(target: string): Promise<void> {
    await this.#endHalf();
    if (!(await exists(this.#path))) return;
    await rename(this.#path, target);
    this.#copied = undefined;
    this.#renamed = [...this.#renamed, target];
    // Clocks of file systems tick every few milliseconds: who came first must be told from equal lines' files.
    if (this.#isAlike) await sleep(6);
  }

  /** What comes between a look and a truncation is in the copy; emptied twice between two looks, it is not (docs/logs.md). */
  async #copyAndTruncate(): Promise<void> {
    await this.#endHalf();
    if (this.#follower === undefined || !(await exists(this.#path))) return;
    await this.step('check');
    await this.#write(2);
    await this.#shift();
    await copyFile(this.#path, `${this.#path}.1`);
    this.#renamed = [];
    await truncate(this.#path);
    await this.#write(1);
    await this.step('check');
  }

  /** The first half of a copytruncate; without the second it is a copy like any other. */
  async #copyDated(): Promise<void> {
    await this.#endHalf();
    if (!(await exists(this.#path))) return;
    await copyFile(this.#path, this.#nextDated());
    this.#copied = this.#number;
  }

  /** What was written since the copy would be lost for everybody. */
  async #truncateCopied(): Promise<void> {
    if (this.#copied !== this.#number) return;
    this.#copied = undefined;
    this.#renamed = [];
    await truncate(this.#path);
  }

  #nextDated(): string {
    const path = `${this.#path}-${20_261_121 + this.#dated.length}`;
    this.#dated.push(path);
    return path;
  }

  /** A file that is deleted before it was read and saved is gone for everybody. */
  async #remove(): Promise<void> {
    await this.#endHalf();
    if (this.#follower === undefined) return;
    await this.step('check');
    await this.#save();
    await rm(this.#path, { force: true });
    this.#copied = undefined;
  }

  /** As logrotate does with what it keeps no longer: read and saved long ago; its inode is free for the next file. */
  async #deleteOldest(): Promise<void> {
    const isThere = await exists(this.#path);
    if (this.#follower === undefined || this.#rotated === 0 || !isThere) return;
    await this.#pollAndList();
    await this.#save();
    const oldest = `${this.#path}.${this.#rotated--}`;
    await this.#forget(oldest);
  }

  /** The directory is listed at every fourth look. */
  async #pollAndList(): Promise<void> {
    for (let check = 0; check < 4; check++) await this.step('check');
  }

  async #deleteDated(): Promise<void> {
    const oldest = this.#dated[this.#deleted];
    if (this.#follower === undefined || oldest === undefined || !(await exists(this.#path))) return;
    await this.#pollAndList();
    await this.#save();
    this.#deleted += 1;
    await this.#forget(oldest);
  }

  /** Its text or its archive. */
  async #forget(path: string): Promise<void> {
    this.#renamed = this.#renamed.filter((file) => file !== path);
    for (const ending of ['', '.gz']) await rm(`${path}${ending}`, { force: true });
  }

  /** Nobody writes to it any more. */
  async #pack(path: string | undefined): Promise<void> {
    if (path === undefined || !(await exists(path))) return;
    await writeFile(`${path}.gz`, gzipSync(await readFile(path)));
    this.#renamed = this.#renamed.filter((file) => file !== path);
    await rm(path);
  }

  async #copyByHand(): Promise<void> {
    if (!(await exists(this.#path))) return;
    await copyFile(this.#path, `${this.#path}.bak${this.#copies++}`);
  }

  async #save(): Promise<void> {
    const state = await this.#follower?.state();
    if (state === undefined) return;
    const saved: FollowState = JSON.parse(JSON.stringify(state));
    this.#saved = { state: saved, seen: this.seen.length };
  }

  async #leave(): Promise<void> {
    await this.#follower?.close();
    this.#follower = undefined;
  }

  /** What was counted since the last save is gone with the process. */
  async #crash(): Promise<void> {
    if (this.#follower === undefined) return;
    this.seen.length = this.#saved?.seen ?? 0;
    await this.#leave();
  }

  #start(): void {
    const state = this.#saved?.state;
    this.#follower ??= followFile({
      path: this.#path,
      start: 'beginning',
      consume: (bytes, start, end) => this.seen.push(bytes.toString('latin1', start, end)),
      ...(state === undefined ? {} : { state }),
    });
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
