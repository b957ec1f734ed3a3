import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findUsualFiles } from '../../src/io/find-usual-files.ts';
import { keepTempDirectory } from '../support/keep.ts';

async function usualFilesOf(files: readonly string[]) {
  const root = await keepTempDirectory('usual-files');
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), '');
  }
  return findUsualFiles(root);
}

const nginx = '/etc/nginx/nginx.conf';

/** The main files of test/fixtures/config-trees/stock-*.txt are at these paths. */
test.each([
  ['Debian', { apache: '/etc/apache2/apache2.conf', nginx }],
  ['RHEL', { apache: '/etc/httpd/conf/httpd.conf', nginx }],
  ['Alpine', { apache: '/etc/apache2/httpd.conf', nginx }],
  ['the image httpd', { apache: '/usr/local/apache2/conf/httpd.conf' }],
  ['the image nginx', { nginx }],
  ['nginx from its sources', { nginx: '/usr/local/nginx/conf/nginx.conf' }],
  ['a machine without servers', {}],
])('findUsualFiles() finds the configuration of %s', async (_, files) => {
  expect(await usualFilesOf(Object.values(files))).toEqual(files);
});

test("findUsualFiles() takes the distribution's file before that of a build", async () => {
  const built = ['/usr/local/apache2/conf/httpd.conf', '/usr/local/nginx/conf/nginx.conf'];
  const packaged = { apache: '/etc/httpd/conf/httpd.conf', nginx };
  expect(await usualFilesOf([...built, ...Object.values(packaged)])).toEqual(packaged);
});
