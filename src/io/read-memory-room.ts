import { access } from 'node:fs/promises';
import { deriveMemoryRoom } from '../derive/memory-room.ts';
import {
  type MemoryGroupPath,
  parseMemoryGroup,
  parseMemoryGroupPath,
} from '../parse/memory-group.ts';
import { parseCount } from '../parse/number.ts';
import { present } from '../present.ts';
import type { MemoryGroup, MemoryRoom } from '../snapshot/memory.ts';
import { readTextOrEmpty } from './read-text.ts';

export interface MemoryPlaces {
  readonly procRoot?: string;
  readonly cgroupRoot?: string;
}

/**
 * Returns how much memory more workers of a server can use, by the memory of the machine and the limits of the control
 * groups of one of its processes. Undefined if the groups cannot be read, because a container may use less than the
 * machine has.
 */
export async function readMemoryRoom(
  pid: number,
  places: MemoryPlaces = {},
): Promise<MemoryRoom | undefined> {
  const groups = await readGroups(pid, places);
  if (groups === undefined) return undefined;
  // Memory that processes can use without swapping (proc(5)).
  const available = await readMeminfo('MemAvailable', places);
  return deriveMemoryRoom({ groups, ...present({ availableBytes: available }) });
}

/** The memory that all processes of a server may use together: the machine's, or the lowest limit of their control groups. */
export async function readMemoryLimit(
  pid: number | 'self',
  places: MemoryPlaces = {},
): Promise<number | undefined> {
  const groups = await readGroups(pid, places);
  const total = await readMeminfo('MemTotal', places);
  if (groups === undefined || total === undefined) return undefined;
  return Math.min(total, ...groups.flatMap(({ limitBytes }) => limitBytes ?? []));
}

/** Empty on a kernel without control groups; undefined where those of the process cannot be read. */
async function readGroups(
  pid: number | 'self',
  { procRoot = '/proc', cgroupRoot = '/sys/fs/cgroup' }: MemoryPlaces,
): Promise<readonly MemoryGroup[] | undefined> {
  const group = parseMemoryGroupPath(await readTextOrEmpty(`${procRoot}/${pid}/cgroup`));
  if (group === undefined) return [];
  const roots = [cgroupRoot, `${procRoot}/${pid}/root/sys/fs/cgroup`] as const;
  const directories = await directoriesOf(group, roots);
  return directories.length === 0 ? undefined : Promise.all(directories.map(readGroup));
}

async function readMeminfo(
  name: 'MemTotal' | 'MemAvailable',
  { procRoot = '/proc' }: MemoryPlaces,
): Promise<number | undefined> {
  const text = await readTextOrEmpty(`${procRoot}/meminfo`);
  const kibibytes = parseCount(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? '');
  return kibibytes === undefined ? undefined : kibibytes * 1024;
}

/**
 * The directories of the group and the groups above it, as far as they are mounted here. In another container they are
 * not. Then the root of the mount in the server's view of the file system is its group.
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

/** Reads the files of version 2 and of version 1. A group has those of one version. */
async function readGroup(directory: string): Promise<MemoryGroup> {
  const read = (...names: readonly string[]) =>
    Promise.all(names.map((name) => readTextOrEmpty(`${directory}/${name}`)));
  const limits = await read('memory.max', 'memory.high', 'memory.limit_in_bytes');
  const used = await read('memory.current', 'memory.usage_in_bytes');
  return parseMemoryGroup({
    limits,
    used: used.join(''),
    stat: await readTextOrEmpty(`${directory}/memory.stat`),
  });
}
