import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../src/app.ts';
import { descriptorsIn } from './support/descriptors-in.ts';
import { createTempDirectory } from './support/temp-directory.ts';

const nothing = () => undefined;
async function startApp(configOf: (directory: string) => string) {
  const { path, remove } = await createTempDirectory('app');
  const configFile = join(path, 'config.yml');
  await writeFile(join(path, 'access.log'), '"GET / HTTP/1.1" 200\n');
  await writeFile(configFile, configOf(path));
  const messages: string[] = [];
  const note = (message: string) => messages.push(message);
  const log = { debug: nothing, info: nothing, warn: nothing, error: note };
  const app = createApp({
    configFile,
    telemetryPath: '/metrics',
    compatMetrics: true,
    version: '1.2.3',
    nodeVersion: 'v20',
    pid: 1,
    inPod: false,
    stdin: new PassThrough(),
    log,
    now: () => Date.now() / 1000,
  });
  onTestFinished(async () => {
    await app.stop();
    await remove();
  });
  expect(await app.start()).toEqual({ ok: true, value: undefined });
  const get = async (url: string) => (await app.server.inject(url)).body;
  return { app, get, configFile, directory: path, messages };
}

const logsOnly = (directory: string) => `
targets:
  - name: cdn
    server: nginx
    access_logs: [{path: ${directory}/access.log, format: '"$request" $status'}]
logs: {start: beginning}`;

test('reloads at the same time are done one after the other', async () => {
  const { app, get, configFile, directory, messages } = await startApp(logsOnly);
  const reloadThrice = () =>
    Promise.all([
      app.reload(),
      app.reload(),
      app.server.inject({ method: 'POST', url: '/-/reload' }),
    ]);
  for (const name of ['first', 'second']) {
    const targets = logsOnly(directory).replace('cdn', name);
    await writeFile(configFile, `${targets}\ncheckpoint: {directory: ${directory}/${name}}`);
    await reloadThrice();
    expect(messages).toEqual([]);
    expect(await get('/metrics')).toMatch(/^keepalive_exporter_checkpoint_failures_total 0$/m);
    expect(JSON.parse(await get('/targets'))).toMatchObject([{ labels: { __param_target: name } }]);
    expect(descriptorsIn(directory)).toBe(1);
    expect(existsSync(`${directory}/${name}/lock`)).toBe(true);
  }
  expect(existsSync(`${directory}/first/lock`)).toBe(false);
});

test('a target without a status page has the metrics of its logs and no others', async () => {
  const { get } = await startApp(logsOnly);
  for (const exposition of [await get('/metrics'), await get('/probe?target=cdn')]) {
    const names = [...exposition.matchAll(/^(\w+)\{target="cdn"/gm)].map(([, name]) => name);
    expect(exposition).toContain(
      'webserver_log_lines_total{target="cdn",server="nginx",result="parsed"} 1',
    );
    expect(names.filter((name) => !/^webserver_(log|error_log)_/.test(name ?? ''))).toEqual([]);
    expect(exposition).not.toMatch(/^probe_success/m);
  }
  expect(await get('/metrics')).toMatch(/^keepalive_exporter_targets 1$/m);
  expect(JSON.parse(await get('/targets'))).toMatchObject([{ labels: { __param_target: 'cdn' } }]);
});

test('a target without a status page has a card that says so, and is not among those that may be up', async () => {
  const { get } = await startApp(logsOnly);
  const page = await get('/');
  expect(page).toContain('Logs only');
  expect(page).toContain('No status page is configured');
  expect(page).not.toContain('Waiting for the first poll');
  expect(page).not.toContain('Targets up');
});
