import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../src/cli/run.ts';

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
      '/config.yml: ok, 1 targets\ntarget "shop": /access.log: understood 2 of the newest 2 lines\n',
  });
});

test('shows where the first line stops that is not understood, and what was expected', async () => {
  const short = '10.0.0.9 - - [21/Nov/2026:03:18:00 +0000] "GET / HTTP/1.1\n';
  const { code, output } = await check('{path: LOG}', line('200') + short + short);
  expect(code).toBe(0);
  expect(output.split('\n').slice(1)).toEqual([
    'target "shop": /access.log: understood 1 of the newest 3 lines',
    '  the first other line stops at column 58: expected "\\" " after $request',
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
  ['{path: /}', undefined, /not tried: is no regular file/],
  ['{path: LOG}', '', /not tried: it has no line yet/],
  ['{path: /nonexistent/*.log}', undefined, /\/nonexistent\/\*\.log: format not tried/],
])('a log that cannot be tried, %s, is named and no failure', async (source, log, wanted) => {
  const { code, output } = await check(source, log);
  expect(output).toMatch(wanted);
  expect(code).toBe(0);
});
