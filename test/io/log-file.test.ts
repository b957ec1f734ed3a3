import { appendFileSync, copyFileSync, truncateSync, utimesSync } from 'node:fs';
import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { followFile } from '../../src/io/follow-file.ts';
import { emptyTotals, FollowLedger } from '../../src/io/follow-ledger.ts';
import { listSiblings } from '../../src/io/log-siblings.ts';
import { openTextFile } from '../../src/io/text-file.ts';

const text = 'line 1\nline 2\n';

async function createLog(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'log-file-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'access.log');
  await writeFile(path, text);
  return path;
}

test('B3 a file that is truncated just after it was read keeps the place of the read', async () => {
  const path = await createLog();
  const file = await openTextFile(path, 0);
  onTestFinished(() => file.close());
  await file.read(() => undefined, 1);
  const before = await file.place();
  await truncate(path);
  expect(before.headBytes).toBe(text.length);
  expect(await file.place()).toEqual(before);
});

test('B3 a copytruncate in the middle of a check counts nothing twice, though an older file was written to last', async () => {
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
  while (await follower.check());
  await rename(path, `${path}.1`);
  await writeFile(path, 'line 3\n');
  while (await follower.check());
  onLastLine = () => {
    copyFileSync(path, `${path}.2`);
    truncateSync(path);
    // Apache's old children log their last requests to the renamed file.
    appendFileSync(`${path}.1`, 'late\n');
    utimesSync(`${path}.2`, 1, 1);
  };
  await appendFile(path, 'line 4\n');
  for (let round = 0; round < 5; round++) while (await follower.check());
  expect(seen.toSorted()).toEqual(['late', 'line 1', 'line 2', 'line 3', 'line 4']);
});

test('B1 a file that was renamed between the listing and the opening is not mistaken for its successor', async () => {
  const path = await createLog();
  const file = await openTextFile(path, text.length);
  onTestFinished(() => file.close());
  const place = await file.place();
  const { files } = await listSiblings(path);
  await rename(path, `${path}.1`);
  await writeFile(path, 'another file that is longer than the first\n');
  const [listed] = files;
  const ledger = new FollowLedger({ consume: () => undefined, totals: emptyTotals });
  const opening =
    listed === undefined ? undefined : ledger.openAt(listed, { place, role: 'first' });
  await expect(opening).rejects.toMatchObject({ code: 'ENOENT' });
});
