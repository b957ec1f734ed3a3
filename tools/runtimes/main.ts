import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../test/support/free-port.ts';
import { answersOk, httpGet } from '../../test/support/http-get.ts';
import { startProcess } from '../../test/support/processes.ts';
import { waitUntil } from '../../test/support/wait-until.ts';
import { readMallocSettings, readMemoryFlags } from '../memory-flags.ts';

/**
 * `npm run test:runtimes`: the unit tests, and one scrape of the built exporter and of the bundled file (that of the npm
 * package, the image and the .deb), on every Node.js in package.json of this folder. `-- node-26` runs only that version,
 * `-- smoke` no unit tests. `npm run test:smoke` is the scrape on the Node.js that runs this.
 */
const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const installed = join(here, 'node_modules');

const built = ['dist/main.js', 'dist/keepalive-exporter.mjs'];

/** Uses the shipped flags; a warning is a failure. */
async function smoke(node: string, main: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'runtime-'));
  const config = join(directory, 'config.yml');
  writeFileSync(config, 'targets: [{name: a, server: nginx, status_url: "http://127.0.0.1:1/"}]\n');
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const exporter = await startProcess({
    command: node,
    args: [
      ...[...readMemoryFlags(root), join(root, main), 'serve'],
      ...[`--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`],
    ],
    env: readMallocSettings(root),
    isReady: () => answersOk(`${url}/-/ready`),
  });
  try {
    const { body } = await httpGet(`${url}/metrics`);
    const page = await httpGet(`${url}/`);
    exporter.signal('SIGTERM', 'parent');
    await waitUntil({ until: 'it has ended', holds: () => !exporter.isRunning() });
    const isWhole =
      body.includes('webserver_up{target="a",server="nginx"} 0') && page.status === 200;
    const warned = /warning/i.test(exporter.output());
    return isWhole && !warned ? 'ok' : `FAILED\n${exporter.output()}`;
  } finally {
    await exporter.stop();
    rmSync(directory, { recursive: true });
  }
}

function unitTests(node: string): string {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  // A busy machine must not look like a defect of a version.
  const args = [vitest, 'run', '--project', 'unit', '--reporter=dot', '--testTimeout=60000'];
  const run = spawnSync(node, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 64 * 1024 * 1024,
  });
  const summary = /Tests +(.*)/.exec(run.stdout)?.[1] ?? 'no summary';
  const failures = `${run.stdout}\n${run.stderr}`
    .split('\n')
    .filter((line) => /^ FAIL |^\w*Error: /.test(line));
  return run.status === 0 ? summary : `FAILED, ${summary}\n${failures.join('\n')}`;
}

const words = process.argv.slice(2);
const isHere = words.includes('here');
const isSmoke = isHere || words.includes('smoke');

function installedRuntimes(): readonly string[] {
  const wanted = words.filter((word) => word !== 'smoke');
  return readdirSync(installed)
    .filter((name) => name.startsWith('node-') && (wanted.length === 0 || wanted.includes(name)))
    .map((name) => join(installed, name, 'bin/node'));
}

const failed: string[] = [];
for (const node of isHere ? [process.execPath] : installedRuntimes()) {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  const results: string[] = [];
  for (const main of built) results.push(`smoke run of ${main}: ${await smoke(node, main)}`);
  if (!isSmoke) results.push(`unit tests: ${unitTests(node)}`);
  console.log(`${version}\n  ${results.join('\n  ')}`);
  if (results.some((result) => result.includes('FAILED'))) failed.push(version);
}
process.exitCode = failed.length > 0 ? 1 : 0;
