import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { findBinary, requireBinary } from './find-binary.ts';

/** Programs that the scenarios start, and the Debian or Ubuntu package that brings each. */
const PACKAGE_OF: Readonly<Record<string, string>> = {
  apache2: 'apache2',
  chromium: 'chromium',
  nginx: 'nginx',
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  amtool: 'prometheus-alertmanager',
  'prometheus-apache-exporter': 'prometheus-apache-exporter',
  'prometheus-nginx-exporter': 'prometheus-nginx-exporter',
  rotatelogs: 'apache2-utils',
  ss: 'iproute2',
  'systemd-analyze': 'systemd',
  faketime: 'faketime',
  jsonnet: 'jsonnet',
};

/** Debian's policy layer: exit status 101 forbids invoke-rc.d and deb-systemd-invoke to start a service. */
const POLICY_FILE = '/usr/sbin/policy-rc.d';

/** vitest globalSetup of the integration project: real servers, or a failure that says how to get them. */
export default function ensurePackages(): void {
  const missing = Object.keys(PACKAGE_OF).filter((binary) => findBinary(binary) === undefined);
  if (missing.length === 0) return;
  const packages = packagesOf(missing);
  if (process.getuid?.() !== 0 || findBinary('apt-get') === undefined) {
    throw new Error(howToInstall(missing, packages));
  }
  installPackages(packages);
  const stillMissing = missing.filter((binary) => findBinary(binary) === undefined);
  if (stillMissing.length > 0)
    throw new Error(howToInstall(stillMissing, packagesOf(stillMissing)));
}

function packagesOf(binaries: readonly string[]): readonly string[] {
  return [...new Set(binaries.flatMap((binary) => PACKAGE_OF[binary] ?? []))];
}

function howToInstall(missing: readonly string[], packages: readonly string[]): string {
  const install = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  return [
    `Cannot run the integration tests: not installed: ${missing.join(', ')}.`,
    `On Debian or Ubuntu run: sudo apt-get update && sudo ${install}`,
    'The unit tests need none of them: npm run test:unit',
  ].join('\n');
}

function installPackages(packages: readonly string[]): void {
  say(`installing what the integration tests need: ${packages.join(' ')}`);
  const startedAt = performance.now();
  withServicesHeldBack(() => {
    aptGet(['update']);
    aptGet(['install', '-y', '--no-install-recommends', ...packages]);
  });
  say(`installed in ${Math.round((performance.now() - startedAt) / 1000)} s`);
}

/** A freshly installed apache2 or nginx would otherwise start at once and take port 80. */
function withServicesHeldBack(install: () => void): void {
  const ours = createPolicy();
  try {
    install();
  } finally {
    if (ours) rmSync(POLICY_FILE, { force: true });
  }
}

/** False when the machine has a policy of its own, which stays as it is. */
function createPolicy(): boolean {
  try {
    writeFileSync(POLICY_FILE, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function aptGet(args: readonly string[]): void {
  say(`apt-get ${args.join(' ')}`);
  // Another apt run, such as unattended-upgrades on a fresh machine, may hold the lock for a while.
  const run = spawnSync(
    requireBinary('apt-get'),
    ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args],
    {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (run.status === 0) return;
  const lastLines = `${run.stdout}${run.stderr}`.trimEnd().split('\n').slice(-20).join('\n');
  throw new Error(
    `Cannot run "apt-get ${args.join(' ')}": exit status ${run.status}\n${lastLines}`,
  );
}

function say(progress: string): void {
  process.stderr.write(`integration tests: ${progress}\n`);
}
