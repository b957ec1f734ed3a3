import { readdir, readFile, readlink } from 'node:fs/promises';
import type { TargetConfig } from '../config/schema.ts';
import { parseCount } from '../parse/number.ts';
import type { ProcessStat } from '../parse/proc-pid.ts';
import { err, messageOf, ok, type Result } from '../result.ts';
import type { Absence } from '../snapshot/absence.ts';
import { errorCode } from './explain-access.ts';
import { readRegularFile } from './read-own-file.ts';
import { absence } from './read-whole-file.ts';

/** All visible processes, by PID. */
export type ProcessTable = ReadonlyMap<number, ProcessStat>;

/** Finds the PIDs of a server's parent processes. `inodes` are those of the sockets it listens on. */
export type FindProcesses = (
  table: ProcessTable,
  inodes: ReadonlySet<number>,
) => Promise<Result<readonly number[], Absence>>;

export type ProcessSelection = NonNullable<TargetConfig['processes']>;

/** A number and a newline, with room for what else may stand there. */
const maximumPidFileBytes = 1024;

/** A search reads every process of the machine. Its result is reused for this time while the processes found live. */
const reuseMilliseconds = 10_000;

export function createProcessFinder(selection: ProcessSelection, procRoot: string): FindProcesses {
  const { pid_file, pattern } = selection;
  if (pid_file !== undefined) return () => fromPidFile(pid_file);
  return reuseResult(
    pattern === undefined ? byListener(procRoot) : byCommand(new RegExp(pattern), procRoot),
  );
}

async function fromPidFile(file: string): Promise<Result<readonly number[], Absence>> {
  try {
    const text = await readRegularFile(file, maximumPidFileBytes);
    const pid = parseCount(text.toString('latin1').trim());
    if (pid !== undefined) return ok([pid]);
  } catch (error) {
    if (errorCode(error) !== undefined) return err(absence(file, error));
    const detail = messageOf(error);
    return err({ kind: 'unreadable', subject: file, detail });
  }
  return err({ kind: 'unreadable', subject: file, detail: 'it contains no process ID' });
}

function byCommand(pattern: RegExp, procRoot: string): FindProcesses {
  return async (table) => {
    const matching = await filterPids(table, async (pid) => {
      const words = await readFile(`${procRoot}/${pid}/cmdline`, 'utf8').catch(() => '');
      // Our own command line may name the configuration of the server.
      return pid !== process.pid && pattern.test(words.replaceAll('\0', ' ').trimEnd());
    });
    if (matching.size > 0) return ok(parentsAmong(matching, table));
    const detail = `no command line matches ${pattern}`;
    return err({ kind: 'not_found', subject: 'processes.pattern', detail });
  };
}

function byListener(procRoot: string): FindProcesses {
  const subject = 'processes.listener';
  return async (table, inodes) => {
    if (inodes.size === 0) {
      return err({ kind: 'not_found', subject, detail: 'no process listens on the ports' });
    }
    const links = new Set(Array.from(inodes, (inode) => `socket:[${inode}]`));
    const owners = await filterPids(table, (pid) => holdsOneOf(links, `${procRoot}/${pid}/fd`));
    if (owners.size > 0) return ok(parentsAmong(owners, table));
    const detail =
      'reading the owner of a socket needs root or the user of the server, and the PID namespace of the server';
    return err({ kind: 'not_permitted', subject, detail });
  };
}

async function holdsOneOf(links: ReadonlySet<string>, directory: string): Promise<boolean> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (links.has(await readlink(`${directory}/${name}`).catch(() => ''))) return true;
  }
  return false;
}

async function filterPids(
  table: ProcessTable,
  isWanted: (pid: number) => Promise<boolean>,
): Promise<ReadonlySet<number>> {
  const pids = [...table.keys()];
  const wanted = await Promise.all(pids.map(isWanted));
  return new Set(pids.filter((_, index) => wanted[index]));
}

/** Workers share their parent's sockets and often its command line. */
function parentsAmong(pids: ReadonlySet<number>, table: ProcessTable): readonly number[] {
  return [...pids].filter((pid) => !pids.has(table.get(pid)?.parentPid ?? 0));
}

function reuseResult(search: FindProcesses): FindProcesses {
  let found: Awaited<ReturnType<FindProcesses>> | undefined;
  let foundFor = '';
  let searchedAt = Number.NEGATIVE_INFINITY;
  return async (table, inodes) => {
    const key = [...inodes].join();
    const isRecent = performance.now() - searchedAt < reuseMilliseconds;
    const isAlive = found?.ok !== true || found.value.every((pid) => table.has(pid));
    if (found !== undefined && isRecent && isAlive && key === foundFor) return found;
    searchedAt = performance.now();
    foundFor = key;
    found = await search(table, inodes);
    return found;
  };
}
