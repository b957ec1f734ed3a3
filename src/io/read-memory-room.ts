import { access, readFile } from 'node:fs/promises';
import { deriveMemoryRoom } from '../derive/memory-room.ts';
import {
  type MemoryGroupPath,
  parseMemoryGroup,
  parseMemoryGroupPath,
} from '../parse/memory-group.ts';
import { parseCount } from '../parse/number.ts';
import type { MemoryGroup, MemoryRoom } from '../snapshot/memory.ts';

export interface MemoryPlaces {
  readonly procRoot?: string;
  readonly cgroupRoot?: string;
}

/**
 * What more workers of a server could take, by the memory of the machine and the limits of the control groups that one
 * of its processes is in. Undefined where they cannot be read: in a container the machine's memory alone says nothing.
 */
export async function readMemoryRoom(
  pid: number,
  places: MemoryPlaces = {},
): Promise<MemoryRoom | undefined> {
  const groups = await readGroups(pid, places);
  if (groups === undefined) return undefined;
  // What processes can take without swapping (proc(5)).
  const available = await readMeminfo('MemAvailable', places);
  return deriveMemoryRoom({
    groups,
    ...(available === undefined ? {} : { availableBytes: available }),
  });
}

/** What all processes of a server may take together: the same machine and limits, whatever is in use. */
export async function readMemoryLimit(
  pid: number | 'self',
  places: MemoryPlaces = {},
): Promise<number | undefined> {
  const groups = await readGroups(pid, places);
  const total = await readMeminfo('MemTotal', places);
  if (groups === undefined || total === undefined) return undefined;
  return Math.min(total, ...groups.flatMap(({ limitBytes }) => limitBytes ?? []));
}

/** None of a kernel without them; undefined where those of the process are out of sight. */
async function readGroups(
  pid: number | 'self',
  { procRoot = '/proc', cgroupRoot = '/sys/fs/cgroup' }: MemoryPlaces,
): Promise<readonly MemoryGroup[] | undefined> {
  const group = parseMemoryGroupPath(await readText(`${procRoot}/${pid}/cgroup`));
  if (group === undefined) return [];
  const roots = [cgroupRoot, `${procRoot}/${pid}/root/sys/fs/cgroup`] as const;
  const directories = await directoriesOf(group, roots);
  return directories.length === 0 ? undefined : Promise.all(directories.map(readGroup));
}

async function readMeminfo(
  name: 'MemTotal' | 'MemAvailable',
  { procRoot = '/proc' }: MemoryPlaces,
): Promise<number | undefined> {
  const text = await readText(`${procRoot}/meminfo`);
  const kibibytes = parseCount(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? '');
  return kibibytes === undefined ? undefined : kibibytes * 1024;
}

/**
 * The group and those above it, as far as they are mounted here. The server's own view of the file system has its
 * group where ours has not: in another container the root of what is mounted is the container's own group.
 */
async function directoriesOf(
  { version, path }: MemoryGroupPath,
  [ours, theirs]: readonly [string, string],
): Promise<readonly string[]> {
  const mount = version === 1 ? '/memory' : '';
  const names = path.split('/').filter((name) => name !== '');
  const above = names.map((_, index) => names.slice(0, index + 1).join('/'));
  const own = ['', ...above].map((group) => `${ours}${mount}/${group}`);
  const isHere = !names.includes('..') && (await isGroup(own.at(-1) ?? ''));
  const theirOwn = `${theirs}${mount}`;
  return [...(isHere ? own : []), ...((await isGroup(theirOwn)) ? [theirOwn] : [])];
}

function isGroup(directory: string): Promise<boolean> {
  return access(`${directory}/cgroup.procs`).then(
    () => true,
    () => false,
  );
}

/** Files of version 2, then of version 1; a group has those of one of them. */
async function readGroup(directory: string): Promise<MemoryGroup> {
  const read = (...names: readonly string[]) =>
    Promise.all(names.map((name) => readText(`${directory}/${name}`)));
  const limits = await read('memory.max', 'memory.high', 'memory.limit_in_bytes');
  const used = await read('memory.current', 'memory.usage_in_bytes');
  return parseMemoryGroup({
    limits,
    used: used.join(''),
    stat: await readText(`${directory}/memory.stat`),
  });
}

function readText(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(() => '');
}
