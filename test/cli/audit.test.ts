import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { allCheckWords } from '../../src/audit/catalog.ts';
import { runCli } from '../support/run-cli.ts';

async function audit(config: string, ...args: readonly string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'audit-test-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'nginx.conf');
  await writeFile(file, config);
  const given = (flag: string) => args.some((arg) => arg.startsWith(`${flag}=`));
  const { code, stdout, stderr } = await runCli([
    'audit',
    ...(given('--nginx') ? [] : [`--nginx=${file}`]),
    ...(given('--server-version') ? [] : ['--server-version=1.22.1']),
    ...args,
  ]);
  const without = (text: string) => text.replaceAll(directory, '');
  return { code, stdout: without(stdout), stderr: without(stderr) };
}

const fine = `worker_processes 2;
events { worker_connections 1024; }
http {
  log_format k '$remote_addr $request_time $connection_requests';
  access_log logs/access.log k;
  keepalive_timeout 15s;
  client_header_timeout 15s;
  client_body_timeout 15s;
  reset_timedout_connection on;
  server { listen 127.0.0.1:8080; location = /s { stub_status; access_log off; } }
}
`;
const off = fine.replace('keepalive_timeout 15s', 'keepalive_timeout 0');
const silenced = off.replace('http {', 'http { # keepalive-exporter: silence keepalive-off: test');

describe('audit', () => {
  test('ends with 0 when there is nothing to find', async () => {
    const { code, stdout } = await audit(fine);
    expect(stdout).toBe(`/nginx.conf: nginx 1.22.1 (--server-version)

0 findings: 0 error, 0 warning, 0 info.
`);
    expect(code).toBe(0);
  });

  test('says of a finding what counts, where, why, and what to paste', async () => {
    const { code, stdout } = await audit(off);
    expect(code).toBe(1);
    expect(stdout).toContain(`/nginx.conf:6: warning: keepalive-off
  Keep-alive is off.
  now:     keepalive_timeout 0
  advised: on, with a timeout of 2 to 5 s
  why:     Each request opens a new connection. `);
    expect(stdout).toContain('  fix:     keepalive_timeout 5s;\n');
    expect(stdout).toContain('1 finding: 0 error, 1 warning, 0 info.');
  });

  test.each([
    ['info', 1],
    ['warning', 1],
    ['error', 0],
    ['never', 0],
  ])('--fail-on %s ends with %i on a warning', async (severity, wanted) => {
    expect((await audit(off, `--fail-on=${severity}`)).code).toBe(wanted);
  });

  test('--output json lists findings and silenced ones', async () => {
    const report: unknown = JSON.parse((await audit(silenced, '--output=json')).stdout);
    expect(report).toMatchObject({
      servers: [{ server: 'nginx', file: '/nginx.conf', version: '1.22.1' }],
      findings: [],
      silenced: [{ id: 'keepalive-off', reason: 'test', silencedAt: { line: 3 } }],
    });
  });

  test('--output sarif holds what SARIF 2.1.0 requires, and suppresses what is silenced', async () => {
    const report = JSON.parse((await audit(silenced, '--output=sarif')).stdout);
    expect(report.version).toBe('2.1.0');
    const [{ tool, results }] = report.runs;
    expect(tool.driver).toMatchObject({ name: 'keepalive-exporter', version: '1.2.3' });
    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(
      allCheckWords.map(({ id }) => id),
    );
    expect(results).toEqual([
      {
        ruleId: 'keepalive-off',
        ruleIndex: 0,
        level: 'warning',
        message: { text: expect.stringContaining('keepalive_timeout 5s;') },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'file:///nginx.conf' },
              region: { startLine: 6 },
            },
          },
        ],
        suppressions: [{ kind: 'inSource', justification: 'test' }],
      },
    ]);
  });

  test('--output sarif names files below the working directory relative to it', async () => {
    const directory = await mkdtemp(resolve('audit-sarif-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await mkdir(join(directory, 'a b'));
    const file = join(directory, 'a b', 'n.conf');
    await writeFile(file, off);
    const { stdout } = await audit(fine, `--nginx=${file}`, '--output=sarif');
    const place = JSON.parse(stdout).runs[0].results[0].locations[0].physicalLocation;
    expect(place.artifactLocation).toEqual({
      uri: `${directory.slice(resolve('').length + 1)}/a%20b/n.conf`,
      uriBaseId: '%SRCROOT%',
    });
  });

  test('--front-timeout and --server-version change what is found', async () => {
    const idsOf = async (...args: readonly string[]) => {
      const { stdout } = await audit(fine, '--output=json', ...args);
      return JSON.parse(stdout).findings.map(({ id }: { id: string }) => id);
    };
    expect(await idsOf('--front-timeout=60s')).toEqual(['chain-idle-race']);
    expect(await idsOf('--front-timeout=10s')).toEqual([]);
    expect(await idsOf('--server-version=nginx/1.18.0')).toEqual(['requests-per-connection-few']);
    expect(await idsOf('--server-version=1.29.7')).toEqual(['nginx-keepalive-min-timeout']);
  });

  test('--define reads what Apache reads when it is started with -D', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'audit-test-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const file = join(directory, 'httpd.conf');
    await writeFile(file, 'Listen 80\n<IfDefine SLOW>\nKeepAlive Off\n</IfDefine>\n');
    const idsWith = async (...args: readonly string[]) => {
      const { stdout } = await runCli(['audit', `--apache=${file}`, '--output=json', ...args]);
      return JSON.parse(stdout).findings.map(({ id }: { id: string }) => id);
    };
    const guessed = await idsWith();
    expect(guessed).toContain('config-unread');
    expect(guessed).not.toContain('keepalive-off');
    const told = await idsWith('--define=OTHER,SLOW');
    expect(told).toContain('keepalive-off');
    expect(told).not.toContain('config-unread');
  });

  test.each([
    ['--output=xml', /--output="xml": want text, json or sarif/],
    ['--fail-on=all', /--fail-on="all": want error, warning, info or never/],
    ['--front-timeout=60', /--front-timeout="60": want a duration/],
    ['--backend-workers=-1', /--backend-workers="-1": want a number/],
    ['--server-version=new', /--server-version="new": want/],
    ['--define=A,,B', /--define="A,,B": want names separated by commas/],
  ])('%s is wrong use: exit code 2', async (flag, wanted) => {
    const { code, stderr } = await audit(fine, flag);
    expect(code).toBe(2);
    expect(stderr).toMatch(wanted);
  });

  test('a configuration that cannot be parsed is named with its line: exit code 1', async () => {
    expect(await audit('events {\n')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'keepalive-exporter audit: /nginx.conf:1: unexpected "end of file": the block of line 1 is not closed; check the file with nginx -t\n',
    });
  });
});
