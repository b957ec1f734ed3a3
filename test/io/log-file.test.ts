import { mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FollowLedger } from '../../src/io/follow-ledger.ts';
import { openLogFile } from '../../src/io/log-file.ts';
import { listSiblings } from '../../src/io/log-siblings.ts';

const text = 'line 1\nline 2\n';
const noTotals = { readBytes: 0, skippedBytes: 0, rotations: 0, tooLongLines: 0 };

async function createLog(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'log-file-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'access.log');
  await writeFile(path, text);
  return path;
}

test('B3 a file that is emptied just after it was read keeps the place that was read', async () => {
  const path = await createLog();
  const file = await openLogFile(path, 0);
  onTestFinished(() => file.close());
  await file.read(() => undefined, 1);
  const before = await file.place();
  await truncate(path);
  expect(before.headBytes).toBe(text.length);
  expect(await file.place()).toEqual(before);
});

test('B1 a file that was renamed between the listing and the opening is not taken for its successor', async () => {
  const path = await createLog();
  const file = await openLogFile(path, text.length);
  onTestFinished(() => file.close());
  const place = await file.place();
  const { files } = await listSiblings(path);
  await rename(path, `${path}.1`);
  await writeFile(path, 'another file that is longer than the first\n');
  const [listed] = files;
  const ledger = new FollowLedger(() => undefined, noTotals);
  const opening = listed === undefined ? undefined : ledger.openAt(listed, place);
  await expect(opening).rejects.toMatchObject({ code: 'ENOENT' });
});
