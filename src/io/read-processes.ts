import { readdir, readFile } from 'node:fs/promises';
import { parseCount } from '../parse/number.ts';
import { parseOpenFilesLimit, parseProcessStat, parseRollup } from '../parse/proc-pid.ts';
import { present } from '../present.ts';
import { err, ok, type Result } from '../result.ts';
import type { Absence } from '../snapshot/absence.ts';
import type { ProcessFigures } from '../snapshot/host.ts';
import { createProcessFinder, type ProcessSelection, type ProcessTable } from './find-processes.ts';

interface ProcessReading {
  readonly pid: number;
  readonly isParent: boolean;
  readonly state: string;
  readonly residentBytes: number;
  readonly proportionalBytes?: number;
  readonly openFds?: number;
  readonly maxFds?: number;
}

/** /proc/PID/stat counts resident memory in pages. This is the usual page size of the architectures of Node.js. */
const pageBytes = 4096;

/** Reads figures of one server's processes. `inodes` are those of the sockets it listens on. */
export type ReadProcesses = (
  inodes: ReadonlySet<number>,
) => Promise<Result<ProcessFigures, Absence>>;

/**
 * Reads the processes of one server: its parents, as configured, and their children. Memory and descriptors can be read
 * only by root and the user of the processes. Without that permission these figures are absent.
 */
export function createProcessReader(
  selection: ProcessSelection,
  procRoot = '/proc',
): ReadProcesses {
  const find = createProcessFinder(selection, procRoot);
  return async (inodes) => {
    const table = await readTable(procRoot);
    const parents = await find(table, inodes);
    if (!parents.ok) return parents;
    const readings = await readFamily(new Set(parents.value), table, procRoot);
    const [first, ...others] = readings;
    if (first !== undefined) return ok(sumUp(first, others));
    const subject = selection.pid_file ?? 'processes';
    const detail = `process ${parents.value.join(', ')} is not visible from here`;
    return err({ kind: 'not_found', subject, detail });
  };
}

async function readTable(procRoot: string): Promise<ProcessTable> {
  const names = await readdir(procRoot).catch(() => []);
  const pids = names.flatMap((name) => parseCount(name) ?? []);
  const entries = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`${procRoot}/${pid}/stat`, 'latin1').catch(() => '');
      return [pid, parseProcessStat(text)] as const;
    }),
  );
  return new Map(entries.flatMap(([pid, stat]) => (stat === undefined ? [] : [[pid, stat]])));
}

async function readFamily(
  parents: ReadonlySet<number>,
  table: ProcessTable,
  procRoot: string,
): Promise<readonly ProcessReading[]> {
  const family = [...table].filter(
    ([pid, { parentPid }]) => parents.has(pid) || parents.has(parentPid),
  );
  return Promise.all(
    family.map(async ([pid, { state, residentPages }]) => ({
      pid,
      isParent: parents.has(pid),
      state,
      residentBytes: residentPages * pageBytes,
      ...(await readPrivate(`${procRoot}/${pid}`)),
    })),
  );
}

/** Figures that only root and the user of the process may read. */
async function readPrivate(directory: string) {
  const [rollup, limits, fds] = await Promise.all([
    readFile(`${directory}/smaps_rollup`, 'latin1').catch(() => ''),
    readFile(`${directory}/limits`, 'latin1').catch(() => ''),
    readdir(`${directory}/fd`).catch(() => undefined),
  ]);
  const proportionalBytes = parseRollup(rollup);
  const maxFds = parseOpenFilesLimit(limits);
  return {
    ...present({ proportionalBytes }),
    ...(fds === undefined || maxFds === undefined ? {} : { openFds: fds.length, maxFds }),
  };
}

function sumUp(first: ProcessReading, others: readonly ProcessReading[]): ProcessFigures {
  const readings = [first, ...others];
  const workers = readings.filter(({ isParent }) => !isParent);
  const serving = workers.length > 0 ? workers : readings;
  const proportionalBytes = sumKnown(readings.map((reading) => reading.proportionalBytes));
  const tightest = readings
    .filter(({ openFds }) => openFds !== undefined)
    .toSorted((a, b) => usedShare(b) - usedShare(a))[0];
  return {
    count: readings.length,
    pid: (readings.find(({ isParent }) => isParent) ?? first).pid,
    residentBytes: sum(readings.map(({ residentBytes }) => residentBytes)),
    ...present({ proportionalBytes, openFds: tightest?.openFds, maxFds: tightest?.maxFds }),
    workerBytes:
      sumKnown(serving.map((reading) => reading.proportionalBytes)) ??
      sum(serving.map(({ residentBytes }) => residentBytes)),
    stopped: serving.every(({ state }) => state === 'T' || state === 't'),
  };
}

function usedShare({ openFds = 0, maxFds = 1 }: ProcessReading): number {
  return openFds / maxFds;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Undefined if one of the values is unknown. */
function sumKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? sum(known) : undefined;
}
