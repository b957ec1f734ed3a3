import { readlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseCount } from '../parse/number.ts';
import { present } from '../present.ts';
import type { ListeningSocket } from '../snapshot/listeners.ts';
import type { KernelReader } from './read-kernel.ts';

/** A search reads every process of the machine. Servers open ports only when they start or reload. */
const reuseMilliseconds = 60_000;
/** The same for a list without the wanted port, which may have been opened since. */
const minimumReuseMilliseconds = 5000;

/** Every listening socket of the network namespace, with the processes that hold it as far as permissions allow. */
export interface ListenerDirectory {
  /** @param wanted a port that should be in the list; if it is missing, the list may be read again */
  list(wanted: number): Promise<readonly ListeningSocket[]>;
}

/** All targets share one list. */
export function createListenerDirectory(
  kernel: Pick<KernelReader, 'readListeners'>,
  procRoot = '/proc',
): ListenerDirectory {
  let listed: Promise<readonly ListeningSocket[]> = Promise.resolve([]);
  let listedAt = Number.NEGATIVE_INFINITY;
  return {
    async list(wanted) {
      const age = performance.now() - listedAt;
      const missing = !(await listed).some(({ port }) => port === wanted);
      if (age >= reuseMilliseconds || (missing && age >= minimumReuseMilliseconds)) {
        listedAt = performance.now();
        listed = listListeners(kernel, procRoot);
      }
      return listed;
    },
  };
}

async function listListeners(
  kernel: Pick<KernelReader, 'readListeners'>,
  procRoot: string,
): Promise<readonly ListeningSocket[]> {
  const table = await kernel.readListeners();
  if (!table.ok) return [];
  const found = [...table.value.ports].flatMap(([port, { listeners }]) =>
    listeners.map(({ address = '*', inode, cgroup }) => ({ port, address, inode, cgroup })),
  );
  const owners = await ownersOf(new Set(found.map(({ inode }) => inode)), procRoot);
  return found.map(({ cgroup, ...socket }) => ({
    ...socket,
    owners: owners.get(socket.inode) ?? [],
    ours: owners.get(socket.inode)?.includes(process.pid) ?? false,
    ...present({ cgroup }),
  }));
}

/** PIDs by the inode of the socket that they hold. Processes whose descriptors may not be read are missing. */
async function ownersOf(
  inodes: ReadonlySet<number>,
  procRoot: string,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const names = await readdir(procRoot).catch(() => []);
  const owners = new Map<number, number[]>();
  // One after the other: all of a busy machine at once would take some megabytes, which malloc keeps.
  for (const pid of names.flatMap((name) => parseCount(name) ?? [])) {
    for (const inode of await socketInodes(`${procRoot}/${pid}/fd`)) {
      if (inodes.has(inode)) owners.set(inode, [...(owners.get(inode) ?? []), pid]);
    }
  }
  return owners;
}

/** Links read in one turn of the event loop. They take about a millisecond. */
const linksPerTurn = 256;

async function socketInodes(directory: string): Promise<ReadonlySet<number>> {
  const names = await readdir(directory).catch(() => []);
  const inodes = new Set<number>();
  for (const [index, name] of names.entries()) {
    if (index % linksPerTurn === linksPerTurn - 1) await nextTurn();
    const inode = parseCount(
      /^socket:\[(\d+)\]$/.exec(readLink(`${directory}/${name}`))?.[1] ?? '',
    );
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

/** /proc answers from memory. A way through the thread pool would cost several times the CPU. */
function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
