import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { serveFlags } from '../../src/cli/flags.ts';
import { run } from '../../src/cli/run.ts';
import { findFreePort } from '../support/free-port.ts';

async function runWith(
  args: readonly string[],
  environment = {},
  terminated: Promise<void> = Promise.resolve(),
) {
  let stdout = '';
  let stderr = '';
  const code = await run(args, {
    environment,
    version: '1.2.3',
    nodeVersion: 'v20.19.0',
    pid: 1,
    stdin: Readable.from([]),
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    now: () => new Date(0),
    terminated,
    onHangup: () => undefined,
    onDefect: () => undefined,
  });
  return { code, stdout, stderr };
}

async function configFile(text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'run-test-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'config.yml');
  await writeFile(file, text);
  return file;
}

describe('run()', () => {
  test.each(['--help', '-h', 'help'])(
    '%s lists every command and the flags of serve',
    async (word) => {
      const { code, stdout } = await runWith([word]);
      expect(code).toBe(0);
      for (const name of Object.keys(commands)) expect(stdout).toContain(`  ${name}`);
      for (const flag of Object.keys(serveFlags)) expect(stdout).toContain(`--${flag}`);
    },
  );

  test.each(['--version', '-v'])('%s names both versions', async (word) => {
    expect((await runWith([word])).stdout).toBe('keepalive-exporter 1.2.3 (Node.js v20.19.0)\n');
  });

  test.each(['HELP', 'VERSION'])('does not end serve for a KEEPALIVE_EXPORTER_%s', async (name) => {
    const environment = { [`KEEPALIVE_EXPORTER_${name}`]: '1.2' };
    expect((await runWith(['--web.telemetry-path=x'], environment)).code).toBe(2);
  });

  test('finds the command after flags', async () => {
    const { code, stderr } = await runWith(['--config.file', '/nonexistent/c.yml', 'check-config']);
    expect(code).toBe(1);
    expect(stderr).toContain('/nonexistent/c.yml: cannot be read');
  });

  test.each([
    [['start'], /no command "start"/],
    [['sevre'], /no command "sevre"; did you mean serve\?/],
    [['help', 'sevre'], /did you mean serve/],
    [['serve', 'demo'], /"demo" is one argument too many/],
    [['--config'], /--config/],
    [['serve', '--web.listen-address=9921'], /"9921" is not a valid address: want HOST:PORT/],
    [['serve', '--log.level=loud'], /--log\.level="loud": want debug, info, warn or error/],
    [['serve', '--web.telemetry-path=metrics'], /must begin with \//],
    [['check-config'], /give one file: check-config FILE/],
    [['demo', '--seconds=soon'], /--seconds="soon": want a number/],
    [['demo', '--seconds=Infinity'], /want a number of seconds up to 2147483/],
    [['demo', '--web.listen-address=9921'], /"9921" is not a valid address: want HOST:PORT/],
  ])('%j ends with exit code 2 and says what is wrong', async (args, wanted) => {
    const { code, stderr } = await runWith(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(wanted);
  });

  test('check-config says ok, and otherwise names file, line and path and ends with 1', async () => {
    const good = await configFile('targets: [{name: a, server: nginx, status_url: "http://a/"}]\n');
    expect(await runWith(['check-config', `--config.file=${good}`])).toMatchObject({
      code: 0,
      stdout: `${good}: ok, 1 target\n`,
    });
    const bad = await configFile('targets:\n  - nme: a\n');
    const { code, stderr } = await runWith(['check-config', `--config.file=${bad}`]);
    expect(code).toBe(1);
    expect(stderr).toContain(`${bad}:2:5: targets[0].nme: unknown key; did you mean name?\n`);
  });

  test('a configuration file that is not there is named', async () => {
    const { code, stderr } = await runWith(['check-config', '--config.file=/nonexistent/c.yml']);
    expect(code).toBe(1);
    expect(stderr).toContain('/nonexistent/c.yml: cannot be read');
  });

  test('serve refuses a broken configuration with the same words', async () => {
    const bad = await configFile('targets: 1\n');
    const { code, stderr } = await runWith(
      ['serve', `--config.file=${bad}`, '--web.listen-address=127.0.0.1:0'],
      {},
      new Promise<void>(() => undefined),
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`${bad}:1:1: targets: `);
  });
});

test('serve closes what it has opened when the port is busy: an open socket would keep the process', async () => {
  const busy = createServer().listen(0, '127.0.0.1');
  await once(busy, 'listening');
  onTestFinished(() => void busy.close());
  const port = Object(busy.address()).port;
  const syslog = await findFreePort();
  const file = await configFile(
    `targets: [{name: a, server: nginx, status_url: "http://127.0.0.1:1/", access_logs: [{syslog: "127.0.0.1:${syslog}"}]}]\n`,
  );
  const args = ['serve', `--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`];
  const { code, stderr } = await runWith(args, {}, new Promise<void>(() => undefined));
  expect(code).toBe(1);
  expect(stderr).toContain('cannot listen');
  const socket = createSocket('udp4').bind(syslog, '127.0.0.1');
  await once(socket, 'listening');
  socket.close();
});

test('E2 serve ends at a signal, also while a checkpoint directory cannot be made', async () => {
  const file = await configFile('checkpoint: {directory: /proc/none/checkpoint}\n');
  const args = ['serve', `--config.file=${file}`, '--web.listen-address=127.0.0.1:0'];
  expect((await runWith(args)).code).toBe(0);
});
