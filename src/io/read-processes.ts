import { readdir, readFile } from 'node:fs/promises';
import { parseCount } from '../parse/number.ts';
import { parseOpenFilesLimit, parseProcessStat, parseRollup } from '../parse/proc-pid.ts';
import { err, ok, type Result } from '../result.ts';
import type { Absence } from '../snapshot/absence.ts';
import type { ProcessFigures } from '../snapshot/host.ts';

interface ProcessReading {
  readonly pid: number;
  readonly isParent: boolean;
  readonly state: string;
  readonly residentBytes: number;
  readonly proportionalBytes?: number;
  readonly openFds?: number;
  readonly maxFds?: number;
}

/** The usual page of every architecture Node.js runs on by default; /proc/PID/stat counts resident memory in pages. */
const pageBytes = 4096;

/**
 * The processes of one server: the one its PID file names, and its children. Memory and descriptors of another user's
 * processes need permission (root, or the same user); without it those figures are absent.
 */
export async function readProcesses(
  pidFile: string,
  procRoot = '/proc',
): Promise<Result<ProcessFigures, Absence>> {
  const text = await readFile(pidFile, 'utf8').catch((error: Error) => error);
  if (text instanceof Error) return err(absent('not_found', pidFile, text.message));
  const parent = parseCount(text.trim());
  if (parent === undefined) return err(absent('unreadable', pidFile, 'it does not hold a PID'));
  const readings = await readFamily(parent, procRoot);
  if (readings.length === 0) {
    return err(absent('not_found', pidFile, `process ${parent} is not visible from here`));
  }
  return ok(sumUp(readings));
}

function absent(kind: Absence['kind'], subject: string, detail: string): Absence {
  return { kind, subject, detail };
}

async function readFamily(parent: number, procRoot: string): Promise<readonly ProcessReading[]> {
  const names = await readdir(procRoot).catch(() => []);
  const pids = names.flatMap((name) => parseCount(name) ?? []);
  const read = await Promise.all(
    pids.map(async (pid) => {
      const stat = parseProcessStat(
        await readFile(`${procRoot}/${pid}/stat`, 'latin1').catch(() => ''),
      );
      if (stat === undefined || (pid !== parent && stat.parentPid !== parent)) return undefined;
      return {
        pid,
        isParent: pid === parent,
        state: stat.state,
        residentBytes: stat.residentPages * pageBytes,
        ...(await readPrivate(`${procRoot}/${pid}`)),
      };
    }),
  );
  return read.filter((reading) => reading !== undefined);
}

/** What only root and the process's own user may read. */
async function readPrivate(directory: string) {
  const [rollup, limits, fds] = await Promise.all([
    readFile(`${directory}/smaps_rollup`, 'latin1').catch(() => ''),
    readFile(`${directory}/limits`, 'latin1').catch(() => ''),
    readdir(`${directory}/fd`).catch(() => undefined),
  ]);
  const proportionalBytes = parseRollup(rollup);
  const maxFds = parseOpenFilesLimit(limits);
  return {
    ...(proportionalBytes === undefined ? {} : { proportionalBytes }),
    ...(fds === undefined || maxFds === undefined ? {} : { openFds: fds.length, maxFds }),
  };
}

function sumUp(readings: readonly ProcessReading[]): ProcessFigures {
  const workers = readings.filter(({ isParent }) => !isParent);
  const serving = workers.length > 0 ? workers : readings;
  const proportionalBytes = sumKnown(readings.map((reading) => reading.proportionalBytes));
  const tightest = readings
    .filter(({ openFds }) => openFds !== undefined)
    .toSorted((a, b) => usedShare(b) - usedShare(a))[0];
  return {
    count: readings.length,
    residentBytes: sum(readings.map(({ residentBytes }) => residentBytes)),
    ...(proportionalBytes === undefined ? {} : { proportionalBytes }),
    workerBytes:
      sumKnown(serving.map((reading) => reading.proportionalBytes)) ??
      sum(serving.map(({ residentBytes }) => residentBytes)),
    ...(tightest?.openFds === undefined || tightest.maxFds === undefined
      ? {}
      : { openFds: tightest.openFds, maxFds: tightest.maxFds }),
    stopped: serving.every(({ state }) => state === 'T' || state === 't'),
  };
}

function usedShare({ openFds = 0, maxFds = 1 }: ProcessReading): number {
  return openFds / maxFds;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A sum with one part unknown is unknown. */
function sumKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? sum(known) : undefined;
}
