import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repository } from '../support/doc-blocks.ts';

let directory: string;
let tarball: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'npm-pack-'));
  const options = { cwd: repository, encoding: 'utf8' } as const;
  const packed = execFileSync(
    'npm',
    ['pack', '--silent', `--pack-destination=${directory}`],
    options,
  );
  tarball = join(directory, packed.trim().split('\n').at(-1) ?? '');
});

afterAll(() => rmSync(directory, { recursive: true }));

test('npm pack holds what runs and what belongs to it, and no source or test', () => {
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).split('\n');
  expect(files).toContain('package/dist/keepalive-exporter.mjs');
  expect(files).toContain('package/alerts/saturation.rules.yml');
  expect(files.filter((file) => /package\/(?:src|test|tools|bench|docs)\//.test(file))).toEqual([]);
  expect(files.length).toBeLessThan(40);
});

test('npx runs the tarball in an empty folder, without a warning and without another package', () => {
  const empty = join(directory, 'empty');
  mkdirSync(empty);
  const { status, stdout, stderr } = spawnSync(
    'npx',
    [
      '--yes',
      `--cache=${join(directory, 'cache')}`,
      `--package=${tarball}`,
      'keepalive-exporter',
      '--version',
    ],
    { cwd: empty, encoding: 'utf8' },
  );
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^keepalive-exporter \d/),
  });
  // What the settings of this machine's npm cause is not the package's.
  expect(stderr.replaceAll(/^npm warn Unknown (?:user|env) config .*\n/gm, '')).toBe('');
});
