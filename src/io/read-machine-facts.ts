import { readdir } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import type { MachineFacts } from '../audit/check.ts';
import { parseCount } from '../parse/number.ts';
import { parseOpenFilesLimit, parseRollup } from '../parse/proc-pid.ts';
import { present } from '../present.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import { readTextOrEmpty } from './read-text.ts';

const serverNames: Readonly<Record<string, ServerKind>> = {
  apache2: 'apache',
  httpd: 'apache',
  nginx: 'nginx',
};

/** Facts about this machine with which the audit compares a configuration. Facts that cannot be read are left out. */
export async function readMachineFacts(procRoot = '/proc'): Promise<MachineFacts> {
  const somaxconn = parseCount(
    (await readTextOrEmpty(`${procRoot}/sys/net/core/somaxconn`)).trim(),
  );
  const processes = await findServerProcesses(procRoot);
  const openFiles: Partial<Record<ServerKind, number>> = {};
  for (const { server, pid } of processes) {
    const limit = parseOpenFilesLimit(await readTextOrEmpty(`${procRoot}/${pid}/limits`));
    if (limit !== undefined) openFiles[server] = limit;
  }
  const processBytes = await largestApacheProcess(processes, procRoot);
  return {
    cpuCount: cpus().length,
    memoryBytes: totalmem(),
    openFiles,
    ...present({ somaxconn, processBytes }),
  };
}

interface ServerProcess {
  readonly pid: string;
  readonly server: ServerKind;
}

async function findServerProcesses(procRoot: string): Promise<readonly ServerProcess[]> {
  const names = await readdir(procRoot).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
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
