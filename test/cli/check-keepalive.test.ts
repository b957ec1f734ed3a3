import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { startHostileServer } from '../support/hostile-server.ts';

const never = new Promise<void>(() => undefined);

interface RunOptions {
  readonly terminated?: Promise<void>;
  readonly onStderr?: (text: string) => void;
}

async function runCheck(
  args: readonly string[],
  { terminated = never, onStderr = () => undefined }: RunOptions = {},
) {
  const written: string[] = [];
  let stdout = '';
  const code = await run(['check-keepalive', ...args], {
    environment: {},
    version: '1.2.3',
    nodeVersion: 'v20.19.0',
    pid: 1,
    stdin: Readable.from([]),
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      written.push(text);
      onStderr(text);
    },
    now: () => new Date(0),
    terminated,
    onHangup: () => undefined,
    onDefect: () => undefined,
  });
  return { code, stdout, stderr: written.join('') };
}

async function startServer(answer: (socket: Socket) => void) {
  const server = await startHostileServer(answer);
  onTestFinished(() => server.stop());
  return server;
}

const page = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

function answerAll(socket: Socket): void {
  socket.write(page);
  socket.on('data', () => socket.write(page));
}

const closeAll = (socket: Socket): void => {
  socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
};

describe('check-keepalive', () => {
  test.each([
    [[], /give one URL, or two/],
    [['http://a/', 'http://b/', 'http://c/'], /"http:\/\/c\/" is one argument too many/],
    [['a.example'], /"a\.example" is not valid: want http:\/\/HOST\/PATH/],
    [['ftp://a.example/'], /is not valid/],
    [['http://user:secret@a.example/'], /user and password is not supported/],
    [['http://a/', '--output=xml'], /--output="xml": want table or json/],
    [['http://a/', '--max-wait=5'], /--max-wait="5" is not valid: want a duration/],
    [['http://a/', '--max-wait=2h'], /--max-wait="2h" is not valid/],
    [['http://a/', '--timeout=0s'], /--timeout="0s" is not valid/],
    [['http://a/', '--max-requests=0'], /--max-requests="0" is not valid: want 1 to 100000/],
    [['http://a/', '--connections=51'], /--connections="51" is not valid: want 1 to 50/],
    [['http://a/', '--resolve=a'], /--resolve="a" is not valid: want HOST=ADDRESS/],
  ])('%j is wrong use', async (args, wanted) => {
    const { code, stderr } = await runCheck(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(wanted);
  });

  test('states its bounds before it connects, prints a report and ends with 0', async () => {
    const server = await startServer(answerAll);
    const { code, stdout, stderr } = await runCheck([
      ...[server.url, '--max-wait=500ms', '--connections=2', '--max-requests=5'],
    ]);
    const lines = stderr.split('\n');
    expect(lines[0]).toBe(`${server.url}/: at most 6 connections (4 at once), 17 requests, 80.5 s`);
    expect(lines[1]).toBe(`${server.url}/: connected to 127.0.0.1`);
    expect(lines[2]).toMatch(/2 idle connections wait for the server to close/);
    expect(stdout).toContain('yes: HTTP/1.1, HTTP/1.1 without header');
    expect(stdout).toMatch(/idle timeout +longer than \d+\.\d s/);
    expect(stdout).toMatch(/requests +more than 5 on a connection/);
    expect(stdout).toContain('no findings');
    expect(code).toBe(0);
  });

  test('ends with 1 when there is a finding, and prints it as JSON too', async () => {
    const { url } = await startServer(closeAll);
    const { code, stdout } = await runCheck([url, '--max-wait=0s', '--output=json']);
    expect(code).toBe(1);
    const printed = JSON.parse(stdout);
    expect(printed.findings).toMatchObject([{ id: 'not-reused', severity: 'warning' }]);
    expect(printed.reports[0]).toMatchObject({
      url: `${url}/`,
      address: '127.0.0.1',
      reuse: { http11: 'closed' },
      requests: { requestsPerConnection: 1, closeAnnounced: true },
    });
  });

  test('ends with 1 when nothing can be measured', async () => {
    const { code, stdout } = await runCheck(['http://127.0.0.1:1/']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/error: .*ECONNREFUSED.* \[no-answer\]/);
  });

  test('names the link that breaks reuse when there are two URLs', async () => {
    const [front, origin] = [await startServer(answerAll), await startServer(closeAll)];
    const { code, stdout } = await runCheck([front.url, origin.url, '--max-wait=0s']);
    expect(code).toBe(1);
    expect(stdout).toContain(`  visitor -> ${front.url}/: can be reused\n`);
    expect(stdout.replace(/\n {6}/g, ' ')).toContain(
      `  warning: the link from ${front.url}/ to ${origin.url}/ breaks reuse; the front keeps connections [origin-breaks-reuse]\n`,
    );
  });

  test('ends at Ctrl-C with what is known', async () => {
    const { url } = await startServer(answerAll);
    let interrupt: (() => void) | undefined;
    const terminated = new Promise<void>((resolve) => {
      interrupt = resolve;
    });
    const onStderr = (text: string) => {
      if (text.includes('wait for the server to close')) interrupt?.();
    };
    const { code, stdout } = await runCheck([url, '--max-wait=60s'], { terminated, onStderr });
    expect(code).toBe(1);
    expect(stdout).toContain('yes: HTTP/1.1');
    expect(stdout).toContain('[stopped]');
  });

  test('connects to the address that --resolve names', async () => {
    const { port } = await startServer(answerAll);
    const made = `http://made-up.example:${port}/`;
    const { stdout } = await runCheck([
      made,
      '--max-wait=0s',
      '--resolve=made-up.example=127.0.0.1',
    ]);
    expect(stdout).toContain(`${made} (127.0.0.1)`);
  });
});
