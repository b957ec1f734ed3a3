import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readOpenFilesLimit } from '../../src/io/open-files-limit.ts';
import { keepTempDirectory } from '../support/keep.ts';

test('readOpenFilesLimit() reads the soft limit, and knows none where the system does not say', async () => {
  const proc = await keepTempDirectory('proc');
  expect(readOpenFilesLimit(proc)).toBeUndefined();
  await mkdir(join(proc, 'self'));
  const file = join(proc, 'self/limits');
  await writeFile(
    file,
    'Max open files            64                   128                  files     \n',
  );
  expect(readOpenFilesLimit(proc)).toBe(64);
  await writeFile(
    file,
    'Max open files            unlimited            unlimited            files     \n',
  );
  expect(readOpenFilesLimit(proc)).toBeUndefined();
});
