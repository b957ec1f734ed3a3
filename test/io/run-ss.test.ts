import { chmod, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSs } from '../../src/io/run-ss.ts';
import { keepTempDirectory } from '../support/keep.ts';
import { waitUntil } from '../support/wait-until.ts';

/** A directory with an `ss` that hangs, and the file into which it writes its process id. */
async function createHungSs() {
  const directory = await keepTempDirectory('ss');
  const pidFile = join(directory, 'pid');
  const program = join(directory, 'ss');
  await writeFile(program, `#!/bin/sh\necho $$ >${pidFile}\nexec /bin/sleep 60\n`);
  await chmod(program, 0o755);
  const pid = async (): Promise<number> => Number(await readFile(pidFile, 'utf8').catch(() => ''));
  return { directory, pid };
}

test('E2 createSs() ends an ss that hangs when it is closed, and starts no other', async () => {
  const hung = await createHungSs();
  const ss = createSs(hung.directory);
  const asked = ss.run(['-tlneHO']);
  await waitUntil({ until: 'ss is running', holds: async () => (await hung.pid()) > 0 });
  const pid = await hung.pid();
  expect(() => process.kill(pid, 0)).not.toThrow();
  ss.close();
  expect(await asked).toMatchObject({ ok: false, error: { kind: 'unreadable', subject: 'ss' } });
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(await ss.run(['-tlneHO'])).toMatchObject({
    ok: false,
    error: { detail: 'the exporter is ending' },
  });
  expect(await hung.pid()).toBe(pid);
});

test('E1 createSs() an ss that the system does not let start is absent, and no exception', async () => {
  const directory = await keepTempDirectory('ss');
  // With this and some other errors, such as EPERM of a seccomp filter, Node.js throws instead of calling back.
  await symlink('ss', join(directory, 'ss'));
  expect(await createSs(directory).run(['-tlneHO'])).toMatchObject({
    ok: false,
    error: { kind: 'unreadable', subject: 'ss', detail: expect.stringContaining('ELOOP') },
  });
});
