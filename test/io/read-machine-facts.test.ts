import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readMachineFacts } from '../../src/io/read-machine-facts.ts';

const meminfo = { 'proc/meminfo': 'MemTotal:       16000 kB\nMemAvailable:    8000 kB\n' };

async function memoryWith(files: Readonly<Record<string, string>>): Promise<number | undefined> {
  const root = await mkdtemp(join(tmpdir(), 'machine-facts-'));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const [name, text] of Object.entries({ ...meminfo, ...files })) {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const places = { procRoot: join(root, 'proc'), cgroupRoot: join(root, 'cgroup') };
  return (await readMachineFacts(places)).memoryBytes;
}

const container = {
  'cgroup/cgroup.procs': '',
  'cgroup/memory.max': '3000000\n',
};

test('readMachineFacts() takes the memory of the machine where nothing limits it', async () => {
  expect(await memoryWith({})).toBe(16_000 * 1024);
  const unlimited = { ...container, 'cgroup/memory.max': 'max\n', 'proc/self/cgroup': '0::/\n' };
  expect(await memoryWith(unlimited)).toBe(16_000 * 1024);
});

test('readMachineFacts() takes the limit of the container, not the memory of the machine', async () => {
  expect(await memoryWith({ ...container, 'proc/self/cgroup': '0::/\n' })).toBe(3_000_000);
});

test('readMachineFacts() takes the limit of the group in which Apache runs', async () => {
  const unit = 'system.slice/apache2.service';
  const files = {
    ...container,
    'cgroup/memory.max': 'max\n',
    'proc/self/cgroup': '0::/user.slice\n',
    'proc/42/comm': 'apache2\n',
    'proc/42/cgroup': `0::/${unit}\n`,
    [`cgroup/${unit}/cgroup.procs`]: '42\n',
    [`cgroup/${unit}/memory.max`]: '2000000\n',
  };
  expect(await memoryWith(files)).toBe(2_000_000);
});

test('readMachineFacts() says nothing of memory when the limit of the server is out of sight', async () => {
  const files = { 'proc/42/comm': 'httpd\n', 'proc/42/cgroup': '0::/../other.scope\n' };
  expect(await memoryWith(files)).toBeUndefined();
});
