import { readdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { MachineFacts } from '../audit/check.ts';
import { parseCount } from '../parse/number.ts';
import { parseOpenFilesLimit, parseRollup } from '../parse/proc-pid.ts';
import { present } from '../present.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import { type MemoryPlaces, readMemoryLimit } from './read-memory-room.ts';
import { readTextOrEmpty } from './read-text.ts';

const serverNames: Readonly<Record<string, ServerKind>> = {
  apache2: 'apache',
  httpd: 'apache',
  nginx: 'nginx',
};

/** Facts about this machine with which the audit compares a configuration. Facts that cannot be read are left out. */
export async function readMachineFacts(places: MemoryPlaces = {}): Promise<MachineFacts> {
  const { procRoot = '/proc' } = places;
  const somaxconn = parseCount(
    (await readTextOrEmpty(`${procRoot}/sys/net/core/somaxconn`)).trim(),
  );
  const processes = await findServerProcesses(procRoot);
  const openFiles: Partial<Record<ServerKind, number>> = {};
  for (const { server, pid } of processes) {
    const limit = parseOpenFilesLimit(await readTextOrEmpty(`${procRoot}/${pid}/limits`));
    if (limit !== undefined) openFiles[server] = limit;
  }
  // Apache may run under a limit of its own; while it does not run, the limit of this process is the best estimate.
  const apache = processes.find(({ server }) => server === 'apache');
  const memoryBytes = await readMemoryLimit(apache === undefined ? 'self' : apache.pid, places);
  const processBytes = await largestApacheProcess(processes, procRoot);
  return {
    cpuCount: cpus().length,
    openFiles,
    ...present({ memoryBytes, somaxconn, processBytes }),
  };
}

interface ServerProcess {
  readonly pid: number;
  readonly server: ServerKind;
}

async function findServerProcesses(procRoot: string): Promise<readonly ServerProcess[]> {
  const names = await readdir(procRoot).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .map(async (pid) => {
        const name = (await readTextOrEmpty(`${procRoot}/${pid}/comm`)).trim();
        const server = Object.hasOwn(serverNames, name) ? serverNames[name] : undefined;
        return server === undefined ? [] : [{ pid, server }];
      }),
  );
  return found.flat();
}

/** The size that a worker may grow to. Shared pages count in equal parts for the processes that share them. */
async function largestApacheProcess(
  processes: readonly ServerProcess[],
  procRoot: string,
): Promise<number | undefined> {
  const sizes = await Promise.all(
    processes
      .filter(({ server }) => server === 'apache')
      .map(async ({ pid }) =>
        parseRollup(await readTextOrEmpty(`${procRoot}/${pid}/smaps_rollup`)),
      ),
  );
  const known = sizes.filter((size) => size !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
