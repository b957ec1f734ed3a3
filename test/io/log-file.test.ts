import { appendFileSync, copyFileSync, truncateSync, utimesSync } from 'node:fs';
import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { followFile } from '../../src/io/follow-file.ts';
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

test('B3 a copytruncate in the middle of a look counts nothing twice, though an older file was written to last', async () => {
  const path = await createLog();
  const seen: string[] = [];
  let onLastLine = () => {};
  const consume = (bytes: Buffer, start: number, end: number) => {
    const line = bytes.toString('latin1', start, end);
    seen.push(line);
    if (line === 'line 4') onLastLine();
  };
  const follower = followFile({ path, consume, start: 'beginning' });
  onTestFinished(() => follower.close());
  while (await follower.poll());
  await rename(path, `${path}.1`);
  await writeFile(path, 'line 3\n');
  while (await follower.poll());
  onLastLine = () => {
    copyFileSync(path, `${path}.2`);
    truncateSync(path);
    // Apache ends the requests of its old children into the renamed file.
    appendFileSync(`${path}.1`, 'late\n');
    utimesSync(`${path}.2`, 1, 1);
  };
  await appendFile(path, 'line 4\n');
  for (let look = 0; look < 5; look++) while (await follower.poll());
  expect(seen.toSorted()).toEqual(['late', 'line 1', 'line 2', 'line 3', 'line 4']);
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
