import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createListenerDirectory } from '../../src/io/list-listeners.ts';
import { parseProcListeners } from '../../src/parse/proc-listeners.ts';
import { ok } from '../../src/result.ts';
import { createTempDirectory, type TempDirectory } from '../support/temp-directory.ts';

const descriptors = 600;
const pids = [101, 102, 103];

let procRoot: TempDirectory;

/** Three processes with many descriptors. The last descriptor of two of them is the listening socket 7. */
beforeAll(async () => {
  procRoot = await createTempDirectory('proc');
  for (const pid of pids) {
    const directory = join(procRoot.path, `${pid}/fd`);
    mkdirSync(directory, { recursive: true });
    for (let fd = 0; fd < descriptors; fd++) {
      const inode = fd === descriptors - 1 && pid !== 102 ? 7 : 1000 + fd;
      symlinkSync(`socket:[${inode}]`, join(directory, String(fd)));
    }
    symlinkSync('/dev/null', join(directory, 'x'));
  }
  mkdirSync(join(procRoot.path, '104'));
});

afterAll(() => procRoot.remove());

function listing() {
  const line =
    '   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7 1 0 100 0 0 10 0';
  const table = parseProcListeners([Buffer.from(`  sl  local_address\n${line}\n`)]);
  const kernel = { readListeners: () => Promise.resolve(ok(table)) };
  return createListenerDirectory(kernel, procRoot.path);
}

test('createListenerDirectory() names the processes that hold a listening socket', async () => {
  expect(await listing().list(80)).toMatchObject([{ port: 80, inode: 7, owners: [101, 103] }]);
});

test('a list reads few links at once, whose results malloc would keep, and lets others have their turn', async () => {
  let listed = false;
  let turns = 0;
  let mostRequests = 0;
  const watch = (): void => {
    turns++;
    const requests = process.getActiveResourcesInfo().filter((name) => name.startsWith('FSReq'));
    mostRequests = Math.max(mostRequests, requests.length);
    if (!listed) setImmediate(watch);
  };
  setImmediate(watch);
  await listing().list(80);
  listed = true;
  expect(mostRequests).toBeLessThan(10);
  expect(turns).toBeGreaterThanOrEqual(pids.length * Math.floor(descriptors / 256));
});
