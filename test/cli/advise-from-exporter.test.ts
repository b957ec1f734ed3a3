import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { adviceJson } from '../../src/derive/advice-json.ts';
import { steadyAdvice } from '../support/advised-traffic.ts';
import { listenOnFreePort } from '../support/listen-on-free-port.ts';
import { runCli } from '../support/run-cli.ts';

async function exporterSaying(answer: unknown): Promise<string> {
  const server = createServer((_, response) => response.end(JSON.stringify(answer)));
  const port = await listenOnFreePort(server);
  onTestFinished(() => {
    server.close();
  });
  return `http://127.0.0.1:${port}`;
}

async function configOf(...names: readonly string[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'advise-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'config.yml');
  const targets = names.map((name) => `{name: ${name}, server: nginx, status_url: "http://a/"}`);
  await writeFile(file, `targets: [${targets.join(', ')}]\n`);
  return file;
}

const answer = {
  targets: [
    { target: 'shop', server: 'apache', advice: adviceJson(steadyAdvice()) },
    { target: 'edge', server: 'nginx', advice: null },
  ],
};

describe('advise, from the running exporter', () => {
  test('shows the advice of each target of the configuration', async () => {
    const url = await exporterSaying(answer);
    const file = await configOf('shop');
    const flags = [`--config.file=${file}`, `--exporter.url=${url}`];
    const { code, stdout, stderr } = await runCli(['advise', ...flags]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^shop\n----\nSet the keep-alive timeout to 1.5 s \(today 30 s\)/);
    expect(stdout).toContain('KeepAliveTimeout 1500ms');
    expect(stdout).toMatch(/^30 s .*today$/m);
    expect(stdout).toMatch(/^1.5 s .*advised$/m);
    expect(stdout).not.toContain('edge');
    expect(code).toBe(1);
  });

  test('says which target has no log that identifies connections', async () => {
    const { stdout } = await runCli(['advise', `--exporter.url=${await exporterSaying(answer)}`]);
    expect(stdout).toMatch(/^edge\n----\nNo advice: .*docs\/log-formats\.md lists the fields/m);
  });

  test('prints JSON with the findings of all targets', async () => {
    const url = await exporterSaying(answer);
    const { stdout } = await runCli(['advise', `--exporter.url=${url}`, '--output=json']);
    const printed: unknown = JSON.parse(stdout);
    expect(printed).toMatchObject({
      targets: [{ target: 'shop', advisedKeepaliveTimeoutSeconds: 1.5 }, { target: 'edge' }],
      findings: [
        { target: 'shop', kind: 'timeout' },
        { target: 'edge', kind: 'none' },
      ],
    });
  });

  test.each([
    [{ targets: [] }, /has no target "shop"; reload its configuration/],
    [{ other: 1 }, /does not come from keepalive-exporter/],
    [{ targets: [{ target: 'shop', advice: { kind: 'keep' } }] }, /another version/],
  ])('an answer %j is a failure that says why', async (said, wanted) => {
    const flags = [`--config.file=${await configOf('shop')}`];
    const url = await exporterSaying(said);
    const { code, stdout, stderr } = await runCli(['advise', ...flags, `--exporter.url=${url}`]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(wanted);
  });

  test('a configuration that cannot be read is reported, whether or not the exporter runs', async () => {
    const { code, stderr } = await runCli(['advise', '--config.file=/nowhere/config.yml']);
    expect(stderr).toContain('/nowhere/config.yml');
    expect(code).toBe(1);
  });

  test('no exporter there is a failure, a wrong address and --log beside it are wrong use', async () => {
    const nobody = await runCli(['advise', '--exporter.url=http://127.0.0.1:1']);
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('ECONNREFUSED') });
    expect((await runCli(['advise', '--exporter.url=localhost:9921'])).code).toBe(2);
    expect((await runCli(['advise', '--config.file=a', '--log=b'])).code).toBe(2);
  });
});
