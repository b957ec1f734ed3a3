import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repository } from '../support/doc-blocks.ts';
import { parseExposition } from '../support/exposition.ts';
import { findBinary, requireBinary } from '../support/find-binary.ts';
import { answersOk, httpGet } from '../support/http-get.ts';
import { keep } from '../support/keep.ts';
import { startProcess } from '../support/processes.ts';
import { startNginx } from '../support/real-nginx.ts';
import { waitUntil } from '../support/wait-until.ts';

const base = 'localhost/keepalive-exporter-test-base';
const image = 'localhost/keepalive-exporter-test';
const url = 'http://127.0.0.1:9921';
const user = '65532:65532';

/** What a registry's base image would be is made from Debian's packages and the Node.js that runs this. */
let directory: string;
let container: string;
/** The container's root, mounted read-only. */
let root: string;

const run = (command: string, ...args: readonly string[]) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();

beforeAll(() => {
  const missing = ['debootstrap', 'buildah'].filter((name) => findBinary(name) === undefined);
  if (missing.length > 0 || process.getuid?.() !== 0) {
    throw new Error(
      'The image test needs root, and debootstrap and buildah: apt-get install -y debootstrap buildah',
    );
  }
  directory = mkdtempSync(join(tmpdir(), 'image-'));
  buildBase(join(directory, 'rootfs'));
  run(
    'buildah',
    ...['bud', '--quiet', '--format=docker', '--isolation=chroot', '--network=host'],
    ...[
      `--build-arg=BASE=${base}`,
      '--file=deploy/docker/Dockerfile',
      `--tag=${image}`,
      repository,
    ],
  );
  container = run('buildah', 'from', image);
  root = run('buildah', 'mount', container);
  run('mount', '--bind', root, root);
  run('mount', '-o', 'remount,bind,ro', root);
}, 900_000);

afterAll(() => {
  if (root !== undefined) run('umount', root);
  if (container !== undefined) run('buildah', 'rm', container);
  spawnSync(requireBinary('buildah'), ['rmi', image, base]);
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
}, 120_000);

function buildBase(rootfs: string): void {
  run('debootstrap', '--variant=minbase', '--include=ca-certificates,libstdc++6', suite(), rootfs);
  const local = join(rootfs, 'usr/local');
  cpSync(process.execPath, join(local, 'bin/node'), { dereference: true });
  chmodSync(join(local, 'bin/node'), 0o755);
  const npm = dirname(dirname(run('readlink', '-f', findBinary('npm') ?? '')));
  cpSync(npm, join(local, 'lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(local, 'bin/npm'));
  // npm reaches its registry from in there as it does from here.
  cpSync('/etc/ssl/certs/ca-certificates.crt', join(rootfs, 'etc/ssl/certs/ca-certificates.crt'));
  const registry = run('npm', 'config', 'get', 'registry');
  writeFileSync(
    join(rootfs, 'root/.npmrc'),
    `cafile=/etc/ssl/certs/ca-certificates.crt\nregistry=${registry}\n`,
  );
  // What something is mounted over must exist: in the read-only root it cannot be made.
  mkdirSync(join(rootfs, 'etc/keepalive-exporter'));
  const scratch = run('buildah', 'from', 'scratch');
  run('buildah', 'add', '--quiet', scratch, rootfs, '/');
  run('buildah', 'config', '--env=PATH=/usr/local/bin:/usr/bin:/bin', scratch);
  run('buildah', 'commit', '--quiet', '--format=docker', scratch, base);
  run('buildah', 'rm', scratch);
}

/** This Node.js must find its libraries in there: the same Debian as here. */
function suite(): string {
  return run('sh', '-c', '. /etc/os-release && echo "$VERSION_CODENAME"');
}

interface ImageConfig {
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly User: string;
  readonly Env: readonly string[];
  readonly WorkingDir: string;
  readonly Healthcheck?: unknown;
  readonly Labels: Readonly<Record<string, string>>;
}

function imageConfig(): ImageConfig {
  const inspected = JSON.parse(run('buildah', 'inspect', '--type=image', image)) as {
    readonly Docker: { readonly config: ImageConfig };
  };
  return inspected.Docker.config;
}

/**
 * As an engine runs it: the image's environment, directory and user, and /proc. Not `buildah run`, which writes into the
 * root and panics where it cannot.
 */
function inContainer(command: readonly string[]): readonly string[] {
  const { Env, WorkingDir } = imageConfig();
  const mounts = `mount --bind /proc "$0/proc" && mount --bind "$1" "$0/etc/keepalive-exporter"`;
  const enter = `${mounts} && shift && exec chroot --userspec=${user} "$0" env -i -C ${WorkingDir} "$@"`;
  return ['--mount', 'sh', '-c', enter, root, join(directory, 'config'), ...Env, ...command];
}

function outputOf(command: readonly string[]): string {
  return spawnSync(requireBinary('unshare'), inContainer(command), { encoding: 'utf8' }).stdout;
}

test('it says what it is, and runs as a number', () => {
  const { User, Cmd, Labels } = imageConfig();
  expect(User).toBe(user);
  expect(Cmd).toEqual(['serve']);
  expect(Labels).toMatchObject({
    'org.opencontainers.image.title': 'keepalive-exporter',
    'org.opencontainers.image.version': expect.any(String),
    'org.opencontainers.image.revision': expect.any(String),
    'org.opencontainers.image.source': expect.any(String),
  });
});

test('it holds what it needs to run, and nothing that builds it', () => {
  const files = readdirSync(join(root, 'app'));
  expect(files).toEqual(expect.arrayContaining(['keepalive-exporter.mjs', 'sbom.cdx.json']));
  expect(files).not.toContain('node_modules');
  expect(files).not.toContain('src');
});

test('as that user with a read-only root it scrapes, is healthy, and ends on SIGTERM', async () => {
  const nginx = keep(await startNginx({ workerProcesses: 1, workerConnections: 64 }));
  mkdirSync(join(directory, 'config'));
  writeFileSync(
    join(directory, 'config/config.yml'),
    `targets: [{name: edge, server: nginx, status_url: "${nginx.statusUrl}"}]\n`,
  );
  expect(outputOf(['node', '-e', tryToWrite])).toBe('EROFS EROFS 65532\n');

  const { Entrypoint, Healthcheck } = imageConfig();
  // Address, path and TLS are the user's.
  expect(Healthcheck).toBeUndefined();
  const command = [...Entrypoint, 'serve', '--config.file=/etc/keepalive-exporter/config.yml'];
  const exporter = keep(
    await startProcess({
      command: requireBinary('unshare'),
      args: inContainer(command),
      isReady: () => answersOk(`${url}/-/ready`),
    }),
  );
  const { body } = await httpGet(`${url}/metrics`);
  expect(parseExposition(body).value('webserver_up')).toBe(1);
  expect(await answersOk(`${url}/-/healthy`)).toBe(true);

  const pid = Number(
    run('pgrep', '--newest', '--uid=65532', '--full', 'keepalive-exporter.mjs serve'),
  );
  process.kill(pid, 'SIGTERM');
  await waitUntil({
    until: 'the exporter has ended',
    holds: () => !exporter.isRunning(),
    withinMs: 5000,
  });
  expect(exporter.output()).toContain('msg=stopping');
});

const tryToWrite = `
const written = ['/app/x', '/tmp/x'].map((path) => {
  try { require('fs').writeFileSync(path, ''); return 'written'; } catch (error) { return error.code; }
});
console.log(...written, process.getuid());`;
