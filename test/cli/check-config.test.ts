import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { runCli } from '../support/run-cli.ts';

/** check-config on a configuration with one access log; `LOG` stands for its path. */
async function check(source: string, log: string | undefined) {
  const directory = await mkdtemp(join(tmpdir(), 'check-config-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'access.log');
  if (log !== undefined) await writeFile(path, log);
  const file = join(directory, 'config.yml');
  const text = source.replace('LOG', path);
  await writeFile(
    file,
    `targets: [{name: shop, server: nginx, status_url: "http://a/", access_logs: [${text}]}]\n`,
  );
  let output = '';
  const write = (part: string) => {
    output += part;
  };
  const code = await run(['check-config', `--config.file=${file}`], {
    environment: {},
    version: '1.2.3',
    nodeVersion: 'v20.19.0',
    pid: 1,
    stdin: Readable.from([]),
    stdout: write,
    stderr: write,
    now: () => new Date(0),
    terminated: Promise.resolve(),
    onHangup: () => undefined,
    onDefect: () => undefined,
  });
  return { code, output: output.replaceAll(directory, '') };
}

const line = (status: string) =>
  `10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1" ${status} 17 "-" "curl/8"\n`;

test('says how many of the newest lines the format understands', async () => {
  expect(await check('{path: LOG}', line('200') + line('404'))).toEqual({
    code: 0,
    output:
      '/config.yml: ok, 1 target\ntarget "shop": /access.log: understood 2 of the newest 2 lines\n',
  });
});

test('shows where the first line stops that is not understood, and what was expected', async () => {
  const short = '10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1\n';
  const { code, output } = await check('{path: LOG}', line('200') + short + short);
  expect(code).toBe(0);
  expect(output.split('\n').slice(1)).toEqual([
    'target "shop": /access.log: understood 1 of the newest 3 lines',
    '  the first line that does not match differs at column 58: expected "\\" " after $request',
    '    10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1',
    '                                                             ^',
    '',
  ]);
});

test('ends with 1 when no line is understood', async () => {
  const { code, output } = await check('{path: LOG, format: json}', line('200'));
  expect(code).toBe(1);
  expect(output).toContain('understood 0 of the newest 1 lines');
  expect(output).toContain('column 1: expected one JSON object');
});

test('names the fields that cannot be read', async () => {
  const { code, output } = await check('{path: LOG}', line('abc') + line('200'));
  expect(code).toBe(0);
  expect(output).toContain(
    'understood 2 of the newest 2 lines\n  status cannot be read in 1 of them',
  );
});

test('reads no more than the end of a long log, and whole lines only', async () => {
  const log = `${'x'.repeat(400_000)}\n${line('200').repeat(4000)}half a li`;
  const { code, output } = await check('{path: LOG}', log);
  expect(code).toBe(0);
  expect(output).toMatch(/understood (\d{4}) of the newest \1 lines/);
});

test('unwraps container logs', async () => {
  const { output } = await check(
    '{path: LOG, cri: true}',
    `2026-11-21T03:18:00.1Z stdout F ${line('200')}`,
  );
  expect(output).toContain('understood 1 of the newest 1 lines');
});

test.each([
  ['{path: LOG}', undefined, /not tried: cannot be read: ENOENT/],
  ['{path: /}', undefined, /not tried: is not a regular file/],
  ['{path: LOG}', '', /not tried: the file contains no line yet/],
  ['{path: /nonexistent/*.log}', undefined, /\/nonexistent\/\*\.log: format not tried/],
])('a log that cannot be tried, %s, is named and no failure', async (source, log, wanted) => {
  const { code, output } = await check(source, log);
  expect(output).toMatch(wanted);
  expect(code).toBe(0);
});

/** Runs check-config on this text. */
async function checkText(text: string, ...flags: readonly string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'check-config-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'config.yml');
  await writeFile(file, text);
  const { code, stdout, stderr } = await runCli(['check-config', file, ...flags]);
  return { code, output: (stdout + stderr).replaceAll(directory, '') };
}

const target = (more: string) => `targets: [{name: a, server: apache, ${more}}]\n`;

test.each([
  ['targets: []\n', 'targets: is empty, and probe has no modules: nothing is measured'],
  [
    target('status_url: "http://a/server-status"'),
    'targets[0].status_url: has no "?auto": mod_status then sends an HTML page; add "?auto"',
  ],
  [
    'probe: {allow: [{host: a}], modules: {m: {server: apache, path: /server-status}}}\n',
    'probe.modules.m.path: has no "?auto": mod_status then sends an HTML page; add "?auto"',
  ],
  [
    'probe: {modules: {m: {server: nginx, path: /stub_status}}}\n',
    'probe.allow: is empty, so every probe with a module is refused; add the servers',
  ],
  [
    target(
      'status_url: "http://a/?auto", error_logs: [{path: "/nonexistent/*.log"}, {path: /nonexistent/error.log}]',
    ),
    'targets[0].error_logs[1].path: /nonexistent/error.log cannot be used by this user: ENOENT',
  ],
  [
    target('status_url: "http://a/?auto", http: {tls: {ca_file: /nonexistent/ca.pem}}'),
    'targets[0].http.tls.ca_file: /nonexistent/ca.pem cannot be used by this user: ENOENT',
  ],
  [
    target('status_url: "http://a/?auto", http: {bearer_token_file: /}'),
    'targets[0].http.bearer_token_file: / is a directory, not a file',
  ],
  [
    `checkpoint: {directory: /etc/hostname}\n${target('status_url: "http://a/?auto"')}`,
    'checkpoint.directory: /etc/hostname is not a directory',
  ],
])('%s is accepted with a warning, and refused with --strict', async (text, warning) => {
  const { code, output } = await checkText(text);
  expect(output).toContain(`/config.yml: warning: ${warning}`);
  expect(code).toBe(0);
  expect((await checkText(text, '--strict')).code).toBe(1);
});

test.each(['auto', 'auto&x=1', 'x=1&auto', 'refresh=5&auto=1'])(
  '?%s is the page for programs',
  async (query) => {
    const module = `{server: apache, path: "/server-status?${query}"}`;
    const probe = `probe: {allow: [{host: a}], modules: {m: ${module}, k: {server: apache, keepalive: {}}}}\n`;
    const text = `${probe}${target(`status_url: "http://a/server-status?${query}"`)}`;
    expect(await checkText(text, '--strict')).toEqual({
      code: 0,
      output: '/config.yml: ok, 1 target\n',
    });
  },
);

test('--output=json is for programs, also of a file that is refused', async () => {
  const { code, output } = await checkText('targets: 1\n', '--output=json');
  expect(code).toBe(1);
  expect(JSON.parse(output)).toMatchObject({
    file: '/config.yml',
    problems: ['/config.yml:1:1: targets: write a list (found a number)'],
  });
  const fine = await checkText(target('status_url: "http://a/?auto"'), '--output=json');
  expect(JSON.parse(fine.output)).toEqual({
    file: '/config.yml',
    problems: [],
    warnings: [],
    targets: 1,
    logs: [],
  });
});
