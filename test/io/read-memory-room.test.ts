import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readMemoryRoom } from '../../src/io/read-memory-room.ts';

const meminfo = { 'proc/meminfo': 'MemTotal: 16000 kB\nMemAvailable:    8000 kB\n' };
const machine = { bytes: 8000 * 1024, limitedBy: 'machine' };

async function roomWith(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(tmpdir(), 'memory-room-'));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const [name, text] of Object.entries({ ...meminfo, ...files })) {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return readMemoryRoom(7, { procRoot: join(root, 'proc'), cgroupRoot: join(root, 'cgroup') });
}

function group(path: string, limit: string, used: string) {
  return {
    [`${path}/cgroup.procs`]: '',
    [`${path}/memory.max`]: `${limit}\n`,
    [`${path}/memory.current`]: `${used}\n`,
    [`${path}/memory.stat`]: 'anon 1\ninactive_file 100\n',
  };
}

test('a kernel without control groups has the memory of the machine', async () => {
  expect(await roomWith({})).toEqual(machine);
});

test('the limit of a unit counts, and that of the slice above it', async () => {
  const inUnit = {
    'proc/7/cgroup': '0::/web.slice/apache2.service\n',
    'cgroup/cgroup.procs': '',
    ...group('cgroup/web.slice', 'max', '5000'),
    ...group('cgroup/web.slice/apache2.service', '2000', '1500'),
  };
  expect(await roomWith(inUnit)).toEqual({ bytes: 600, limitedBy: 'control group' });
  const inSlice = { ...inUnit, 'cgroup/web.slice/memory.max': '5050\n' };
  expect(await roomWith(inSlice)).toEqual({ bytes: 150, limitedBy: 'control group' });
});

test('in a container the group is the root of the mount', async () => {
  const files = { 'proc/7/cgroup': '0::/\n', ...group('cgroup', '3000', '1000') };
  expect(await roomWith(files)).toEqual({ bytes: 2100, limitedBy: 'control group' });
});

test('control groups of version 1 have other file names', async () => {
  const path = 'cgroup/memory/docker/abc';
  const room = await roomWith({
    'proc/7/cgroup': '9:name=systemd:/docker/abc\n4:memory:/docker/abc\n0::/\n',
    [`${path}/cgroup.procs`]: '',
    [`${path}/memory.limit_in_bytes`]: '4000\n',
    [`${path}/memory.usage_in_bytes`]: '3500\n',
    [`${path}/memory.stat`]: 'inactive_file 1\ntotal_inactive_file 250\n',
  });
  expect(room).toEqual({ bytes: 750, limitedBy: 'control group' });
});

test('a server in another container is read through its own view of the files', async () => {
  const files = {
    'proc/7/cgroup': '0::/../cri-containerd-1.scope\n',
    // The group of the exporter, not of the server.
    ...group('cgroup', '500', '400'),
  };
  const theirs = group('proc/7/root/sys/fs/cgroup', '9000', '1000');
  expect(await roomWith({ ...files, ...theirs })).toEqual({
    bytes: 8100,
    limitedBy: 'control group',
  });
  // The memory of the machine may not be available to the server.
  expect(await roomWith(files)).toBeUndefined();
});

test('this process has some room', async () => {
  expect((await readMemoryRoom(process.pid))?.bytes).toBeGreaterThan(0);
});
