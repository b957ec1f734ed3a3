import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { buildBundle } from '../../tools/bundle/build-bundle.ts';
import { renderSbom } from '../../tools/bundle/sbom.ts';
import { findFreePort } from '../support/free-port.ts';
import { answersOk, httpGet } from '../support/http-get.ts';
import { waitUntil } from '../support/wait-until.ts';

/** A folder that contains only the bundle. */
let directory: string;
let metafile: Metafile;
let main: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bundle-'));
  const built = join(directory, 'built');
  metafile = await buildBundle(built);
  main = join(directory, 'exporter.mjs');
  copyFileSync(join(built, 'keepalive-exporter.mjs'), main);
}, 60_000);

afterAll(() => rmSync(directory, { recursive: true }));

const runMain = (...args: readonly string[]) =>
  spawnSync(process.execPath, [main, ...args], { cwd: directory, encoding: 'utf8' });

test('the bundle runs alone and prints its version, without a warning', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const { stdout, stderr } = runMain('--version');
  expect(stdout).toContain(`keepalive-exporter ${version} `);
  expect(stderr).toBe('');
});

test('the bundle is small in memory: one byte per character, and no unused modules', () => {
  const text = readFileSync(main, 'utf8');
  // With one character outside Latin-1, V8 stores the whole source with two bytes per character.
  expect(text.match(/.{0,40}[^\u0000-\u00ff].{0,40}/u)?.[0]).toBeUndefined();
  expect(text.length).toBeLessThan(1_800_000);
  const packages = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 500),
  );
  expect(
    packages.filter(([path]) =>
      /node_modules\/(?:pino|semver|light-my-request|web-streams-polyfill|@opentelemetry)\//.test(
        path,
      ),
    ),
  ).toEqual([]);
});

test.each([
  [['plan', '--slots=256', '--hold=7s'], 0, /ceiling/],
  [['audit', '--nginx=nginx.conf', '--output=json', '--fail-on=never'], 0, /"findings"/],
  [['completion', 'bash'], 0, /complete -o default/],
  [['check-config', 'missing.yml'], 1, /cannot be read/],
  [['compare'], 2, /compare --help/],
  [['advise'], 2, /advise --help/],
])('the bundle holds what %j loads', (args, code, wanted) => {
  writeFileSync(join(directory, 'nginx.conf'), 'events {}\nhttp { server { listen 8080; } }\n');
  const { status, stdout, stderr } = runMain(...args);
  expect(stdout + stderr).toMatch(wanted);
  expect(status).toBe(code);
});

test('the bundle serves a real figure, behind a password that its own bcrypt checks', async () => {
  const page =
    'Active connections: 3 \nserver accepts handled requests\n 9 9 20 \nReading: 0 Writing: 1 Waiting: 2 \n';
  const origin = createServer((_, response) => response.end(page)).listen(0, '127.0.0.1');
  onTestFinished(() => void origin.close());
  await once(origin, 'listening');
  const { port: originPort } = Object(origin.address());
  const port = await findFreePort();
  writeFileSync(
    join(directory, 'config.yml'),
    `targets: [{name: edge, server: nginx, status_url: "http://127.0.0.1:${originPort}/"}]\n`,
  );
  writeFileSync(
    join(directory, 'web.yml'),
    `basic_auth_users: {prom: '${await hash('secret', 4)}'}\n`,
  );
  const args = ['--config.file=config.yml', '--web.config.file=web.yml'];
  const child = spawn(process.execPath, [main, ...args, `--web.listen-address=127.0.0.1:${port}`], {
    cwd: directory,
  });
  onTestFinished(() => void child.kill());
  await once(child.stderr, 'data');
  const ask = (password: string) =>
    fetch(`http://127.0.0.1:${port}/metrics`, {
      headers: { authorization: `Basic ${btoa(`prom:${password}`)}` },
    });
  expect((await ask('wrong')).status).toBe(401);
  const answer = await ask('secret');
  expect(await answer.text()).toContain('webserver_up{target="edge",server="nginx"} 1');
});

test('the bundle loads TLS, HTTP/2, crypto and workers only when they are used: each costs memory', async () => {
  const report = join(directory, 'report.cjs');
  writeFileSync(
    report,
    "process.on('exit', () => process.stdout.write(process.moduleLoadList.join()));",
  );
  const config = join(directory, 'plain.yml');
  writeFileSync(
    config,
    'targets: [{name: edge, server: nginx, status_url: "http://127.0.0.1:1/"}]\n',
  );
  const port = await findFreePort();
  const args = ['-r', report, main, `--config.file=${config}`];
  const child = spawn(process.execPath, [...args, `--web.listen-address=127.0.0.1:${port}`]);
  onTestFinished(() => void child.kill());
  const output: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
  await once(child.stderr, 'data');
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(await answer.text()).toContain('webserver_up{target="edge",server="nginx"} 0');
  child.kill();
  await once(child, 'close');
  const loaded = output.join('').split(',');
  expect(loaded).toContain('NativeModule http');
  const costly = ['crypto', 'http2', 'https', 'tls', 'worker_threads', 'stream/web'];
  const names = [...costly, 'internal/deps/undici/undici'].map((name) => `NativeModule ${name}`);
  expect(loaded.filter((name) => names.includes(name))).toEqual([]);
});

test('the bundle requires the modules of Node.js: importing node:http loads TLS and more since Node.js 22', () => {
  const imports = readFileSync(main, 'utf8').match(/^import[^;]*|[;}]import[{*"][^;]*/gm);
  expect(imports).toEqual([expect.stringMatching(/ from 'node:module'$/)]);
});

test('the bundle works without a compiler, as docs/deploy/kubernetes-sidecar.md offers it', async () => {
  const port = await findFreePort();
  const config = join(directory, 'jitless.yml');
  writeFileSync(config, 'targets: [{name: a, server: nginx, status_url: "http://127.0.0.1:1/"}]\n');
  const child = spawn(
    process.execPath,
    [main, `--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`],
    { env: { ...process.env, NODE_OPTIONS: '--jitless' } },
  );
  onTestFinished(() => void child.kill());
  await waitUntil({
    until: 'it serves a figure',
    holds: async () =>
      (await answersOk(`http://127.0.0.1:${port}/-/ready`)) || child.exitCode !== null,
  });
  const { body } = await httpGet(`http://127.0.0.1:${port}/metrics`);
  expect(body).toContain('webserver_up{target="a",server="nginx"} 0');
  expect((await httpGet(`http://127.0.0.1:${port}/`)).status).toBe(200);
});

test('no file imports a module of Node.js as a namespace, in which the bundle has only the names of one version', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, readFileSync(join('src', file), 'utf8')]);
  expect(texts.length).toBeGreaterThan(300);
  expect(texts.filter(([, text]) => /import \* as \w+ from 'node:/.test(text ?? ''))).toEqual([]);
});

test('licences and SBOM list the packages in the bundle, and no build tools', () => {
  const licenses = readFileSync(join(directory, 'built/THIRD-PARTY-LICENSES.txt'), 'utf8');
  const { bomFormat, components } = JSON.parse(renderSbom(metafile));
  const names: readonly string[] = components.map(({ name }: { name: string }) => name);
  expect(bomFormat).toBe('CycloneDX');
  for (const name of ['fastify', 'zod', 'bcryptjs', 'prom-client']) {
    expect(names).toContain(name);
    expect(licenses).toMatch(new RegExp(`^${name} \\d`, 'm'));
  }
  for (const name of ['typescript', 'vitest', 'esbuild', 'pino', 'semver'])
    expect(names).not.toContain(name);
});
