import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildBundle } from '../../tools/bundle/build-bundle.ts';
import { renderSbom } from '../../tools/bundle/sbom.ts';
import { buildDeb } from '../../tools/deb/build-deb.ts';

let directory: string;
let root: string;
let deb: string;

const run = (command: string, ...args: readonly string[]) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
const inRoot = (...args: readonly string[]) =>
  spawnSync('chroot', [root, ...args], { encoding: 'utf8' });

/** A bare Debian of this machine's release. Its nodejs may be too old: this Node.js is put in its place. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'deb-test-'));
  root = join(directory, 'root');
  const metafile = await buildBundle(directory);
  writeFileSync(join(directory, 'sbom.cdx.json'), renderSbom(metafile));
  deb = buildDeb(directory);
  const suite = run('sh', '-c', '. /etc/os-release && echo "$VERSION_CODENAME"');
  run('debootstrap', '--variant=minbase', '--include=libstdc++6', suite, root);
  copyFileSync(process.execPath, join(root, 'usr/bin/node'));
  copyFileSync(deb, join(root, basename(deb)));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('the .deb installs, runs, reinstalls and is purged', () => {
  const install = () => inRoot('dpkg', '--force-depends', '-i', `/${basename(deb)}`);
  expect(install().status).toBe(0);
  expect(inRoot('keepalive-exporter', '--version').stdout).toMatch(/^keepalive-exporter \d/);
  expect(inRoot('getent', 'passwd', 'keepalive-exporter').status).toBe(0);
  expect(
    inRoot('keepalive-exporter', 'check-config', '/etc/keepalive-exporter/config.yml'),
  ).toMatchObject({ status: 0 });
  expect(inRoot('dpkg', '--verify', 'keepalive-exporter').stdout).toBe('');
  expect(install().status).toBe(0);
  expect(inRoot('dpkg', '--purge', 'keepalive-exporter').status).toBe(0);
  expect(
    inRoot('sh', '-c', 'ls -d /etc/keepalive-exporter /usr/bin/keepalive-exporter 2>/dev/null')
      .stdout,
  ).toBe('');
});
