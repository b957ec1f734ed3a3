import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { configFamilies } from '../../src/metrics/config-families.ts';
import { createConfigSource, type ReadConfig } from '../../src/pipeline/config-source.ts';
import type { ServerKind } from '../../src/snapshot/status-page.ts';
import { answeredWith, viewOf } from '../support/page-view.ts';

async function sourceOf(server: ServerKind, text: string) {
  const directory = await mkdtemp(join(tmpdir(), 'config-source-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'server.conf');
  await writeFile(file, text);
  const warnings: string[] = [];
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (_: string, fields?: Readonly<Record<string, unknown>>) => {
      warnings.push(String(fields?.['error']));
    },
    error: () => undefined,
  };
  return { read: createConfigSource({ server, file, log }), warnings, file };
}

const nginx = `events {}
http {
  server { listen 80; keepalive_timeout 20s; location /s { stub_status; } }
}
`;

/** The first reading loads the checks, for which a poll does not wait long. */
async function firstView(read: ReadConfig, version: string) {
  await vi.waitUntil(async () => (await read(version)) !== undefined, waiting);
  return read(version);
}

const waiting = { timeout: 30_000, interval: 20 };

describe('createConfigSource()', () => {
  test('audits for the version of the status page, and again when that changes', async () => {
    const { read } = await sourceOf('nginx', nginx);
    const old = await firstView(read, '1.18.0');
    expect(old?.figures).toMatchObject({
      keepaliveTimeoutSeconds: { value: 20 },
      keepaliveRequests: { value: 100, origin: 'default of nginx 1.18.0' },
    });
    await read('1.28.0');
    await vi.waitUntil(
      async () => (await read('1.28.0'))?.figures?.keepaliveRequests?.value === 1000,
      waiting,
    );
  });

  test("reads Apache's file too: 0 seconds and no limit when keep-alive is off", async () => {
    const { read } = await sourceOf('apache', 'KeepAlive Off\nMaxKeepAliveRequests 0\n');
    const { figures } = (await firstView(read, '2.4.62')) ?? {};
    expect(figures).toMatchObject({ keepaliveTimeoutSeconds: { value: 0 } });
    expect(figures?.keepaliveRequests).toBeUndefined();
  });

  test('a file that cannot be parsed leaves the problem, no samples and one warning', async () => {
    const { read, warnings, file } = await sourceOf('nginx', 'http {\n');
    await read('1.28.0');
    await vi.waitUntil(() => warnings.length > 0, waiting);
    const problem = `${file}:1: unexpected "end of file": the block of line 1 is not closed; check the file with nginx -t`;
    const config = await read('1.28.0');
    expect(config).toEqual({ findings: [], problem });
    expect(warnings).toEqual([problem]);
    const view = { ...viewOf(answeredWith(1)), ...(config === undefined ? {} : { config }) };
    expect(configFamilies.flatMap(({ samples }) => [...samples(view)])).toEqual([]);
  });

  test('E1 an audit that fails unexpectedly leaves the problem and one warning, and ends nothing', async () => {
    const warnings: unknown[] = [];
    const note = (_: string, fields?: object) => void warnings.push(fields);
    const read = createConfigSource({
      ...{ server: 'nginx', file: '/etc/nginx/nginx.conf' },
      log: { debug: note, info: note, warn: note, error: note },
      audit: () => Promise.reject(new Error('EMFILE: too many open files')),
    });
    const problem = 'EMFILE: too many open files';
    for (const version of ['1.26.0', '1.28.0']) await read(version);
    expect(await read('1.28.0')).toEqual({ findings: [], problem });
    expect(warnings).toEqual([{ file: '/etc/nginx/nginx.conf', error: problem }]);
  });

  test('its findings are counted by severity', async () => {
    const { read, file } = await sourceOf('nginx', nginx);
    const config = await firstView(read, '1.22.1');
    const view = { ...viewOf(answeredWith(1)), ...(config === undefined ? {} : { config }) };
    const sampled = Object.fromEntries(
      configFamilies.map(({ name, samples }) => [
        name,
        Array.from(samples(view), ({ labels, value }) => [labels, value]),
      ]),
    );
    expect(sampled['webserver_keepalive_timeout_seconds']).toMatchObject([
      [{ source: 'config' }, 20],
    ]);
    expect(sampled['webserver_config_findings']).toMatchObject([
      [{ severity: 'error' }, 0],
      [{ severity: 'warning' }, 1],
      [{ severity: 'info' }, 5],
    ]);
    expect(config?.findings[0]).toMatchObject({ id: 'status-page-open', at: { file, line: 3 } });
  });
});
