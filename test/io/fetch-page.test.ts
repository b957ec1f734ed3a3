import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { configSchema, type HttpConfig } from '../../src/config/schema.ts';
import { createPageFetcher } from '../../src/io/fetch-page.ts';
import { createResolveName } from '../../src/io/resolve-name.ts';
import type { ScrapeFailureResult } from '../../src/snapshot/scrape.ts';
import { findFreePort } from '../support/free-port.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { keep } from '../support/keep.ts';

const resolveName = createResolveName();

function http(settings: object = {}): HttpConfig {
  const target = { name: 'a', server: 'nginx', status_url: 'http://a/', http: settings };
  const [config] = configSchema.parse({ targets: [target] }).targets;
  if (config === undefined) throw new Error('no target');
  return config.http;
}

function fetchPage(statusUrl: string, settings: object = {}, deadline = 1000) {
  return createPageFetcher({ statusUrl, http: http(settings), resolveName }).fetch(deadline);
}

const page = (body: string, headers = '') =>
  `HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`;

async function failureOf(statusUrl: string, settings: object = {}, deadline = 300) {
  const result = await fetchPage(statusUrl, settings, deadline);
  if (result.ok) throw new Error(`answered: ${result.value.body.slice(0, 80)}`);
  return result.error;
}

describe('createPageFetcher()', () => {
  test('returns body, Server header and timings of a page that arrived completely', async () => {
    const server = keep(
      await startHostileServer((socket) => socket.end(page('h\u00e9llo'), 'latin1')),
    );
    const result = await fetchPage(server.url);
    if (!result.ok) throw new Error(result.error.failure.message);
    expect(result.value).toMatchObject({ body: 'h\u00e9llo', serverHeader: 'nginx/1.22.1' });
    expect(result.value.timings.connectSeconds).toBeLessThanOrEqual(
      result.value.timings.durationSeconds,
    );
  });

  test('A14 E4 a server that refuses the page for a long time leaves nothing in memory', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage: () => void = runInNewContext('gc');
    const body = 'x'.repeat(100_000);
    const answer = `HTTP/1.1 403 Forbidden\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
    const server = keep(await startHostileServer((socket) => socket.end(answer)));
    const fetcher = createPageFetcher({ statusUrl: server.url, http: http(), resolveName });
    const heapAfter = async (fetches: number): Promise<number> => {
      for (let fetch = 0; fetch < fetches; fetch++) {
        expect((await fetcher.fetch(60_000)).ok).toBe(false);
      }
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = await heapAfter(50);
    // The connections, answers and signals of so many polls take 3 MB.
    expect((await heapAfter(150)) - before).toBeLessThan(1e6);
  });

  test('A7 a failure says whether the answer had begun', async () => {
    const begun = async (answer: string) => {
      const server = keep(await startHostileServer((socket) => socket.end(answer)));
      return (await failureOf(server.url)).failure.answerBegan;
    };
    expect(await begun('')).toBeUndefined();
    expect(await begun('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')).toBe(true);
    expect(await begun('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')).toBe(true);
  });

  test('a deadline that is over before the server was asked is no timeout of the server', async () => {
    const server = keep(await startHostileServer((socket) => socket.end(page(''))));
    const fetcher = createPageFetcher({ statusUrl: server.url, http: http(), resolveName });
    const fetched = await fetcher.fetch(1000, AbortSignal.abort());
    expect(fetched.ok ? {} : fetched.error.failure).toMatchObject({
      result: 'other',
      message: expect.stringContaining('the server was not asked'),
    });
    expect(server.connections()).toBe(0);
  });

  test('A4 asks for identity, closes the connection, and sends the configured host, headers and credentials', async () => {
    const server = keep(await startHostileServer((socket) => socket.end(page(''))));
    await fetchPage(`${server.url}/server-status?auto`, {
      host: 'shop.example',
      headers: { 'X-Env': 'prod' },
      basic_auth: { username: 'monitor', password: 'p:w' },
    });
    const [head = ''] = server.requests;
    expect(head).toMatch(/^GET \/server-status\?auto HTTP\/1\.1\r\n/);
    expect(head).toMatch(/^host: shop\.example\r$/im);
    expect(head).toMatch(/^x-env: prod\r$/im);
    expect(head).toMatch(/^connection: close\r$/im);
    expect(head).toMatch(/^accept-encoding: identity\r$/im);
    expect(head).toContain(`Basic ${Buffer.from('monitor:p:w').toString('base64')}`);
    expect(head.match(/^connection:/gim)).toHaveLength(1);
  });

  test('each request names the exporter as user agent, even with configured headers', async () => {
    const server = keep(await startHostileServer((socket) => socket.end(page(''))));
    const settings = http({ headers: { 'user-agent': 'curl' } });
    const options = { statusUrl: server.url, http: settings, resolveName };
    await createPageFetcher({ ...options, userAgent: 'keepalive-exporter/1.2.3' }).fetch(1000);
    await createPageFetcher(options).fetch(1000);
    expect(server.requests[0]).toMatch(/^user-agent: keepalive-exporter\/1\.2\.3\r$/im);
    expect(server.requests[1]).toMatch(/^user-agent: keepalive-exporter\//im);
    expect(server.requests.join()).not.toContain('curl');
  });

  const answers: readonly [
    title: string,
    answer: (socket: Socket) => void,
    result: ScrapeFailureResult,
    message: RegExp,
  ][] = [
    [
      'A1 a server without an answer is a timeout at the deadline',
      () => undefined,
      'response_timeout',
      /connected, but no answer came within \d\.\d s/,
    ],
    [
      'A2 an incomplete answer is a timeout at the deadline',
      (s) => s.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
      'response_timeout',
      /the answer began, but did not end within \d\.\d s/,
    ],
    [
      'A2 a header that drips is cut at the total deadline',
      (s) => drip(s, 'HTTP/1.1 200 OK\r\nX-Drip: '),
      'response_timeout',
      /connected, but no answer came within \d/,
    ],
    [
      'A7 a connection closed without a byte is an empty reply',
      (s) => s.end(),
      'empty_reply',
      /hang up/,
    ],
    ['A16 a reset is reported as one', (s) => s.resetAndDestroy(), 'reset', /ECONNRESET/],
    [
      'A7 a body shorter than its length is not accepted as a page',
      (s) => s.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
      'reset',
      /./,
    ],
    [
      'A7 a chunked body without its end is not accepted as a page',
      (s) => s.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'),
      'reset',
      /./,
    ],
    [
      'A3 a body over 1 MiB is refused',
      (s) => s.end(page('x'.repeat(1024 * 1024 + 1))),
      'too_large',
      /larger than 1 MiB/,
    ],
    [
      'A3 an endless body is cut at 1 MiB',
      (s) => void endless(s),
      'too_large',
      /larger than 1 MiB/,
    ],
    [
      'A3 a body in a hundred thousand pieces is cut, because each piece costs more than its byte',
      (s) =>
        s.end(
          `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(100_000)}0\r\n\r\n`,
        ),
      'too_large',
      /in more than 16384 pieces/,
    ],
    [
      'A4 a compressed body is refused and never inflated',
      (s) => s.end(page('x', 'Content-Encoding: gzip\r\n')),
      'too_large',
      /compressed/,
    ],
    [
      'A5 a redirect is reported and not followed',
      (s) =>
        s.end('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'),
      'http_status',
      /302.*not followed/,
    ],
    [
      'A14 a 403 is reported with its status',
      (s) => s.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'),
      'http_status',
      /403/,
    ],
    ['A6 an answer that is not HTTP is refused', (s) => s.end('SSH-2.0-OpenSSH\r\n'), 'other', /./],
  ];
  test.each(answers)('%s', async (_, answer, expected, message) => {
    const server = keep(await startHostileServer(answer));
    // Answers that end by themselves get all the time they may need on a busy machine.
    const deadline = expected === 'response_timeout' ? 500 : 20_000;
    const { failure } = await failureOf(`${server.url}/`, {}, deadline);
    expect(failure).toMatchObject({ result: expected });
    expect(failure.message).toContain(`fetch "${server.url}/"`);
    expect(failure.remedy).not.toBe('');
    expect(failure.message).toMatch(message);
  });

  test('A16 nothing listening is refused, and has no connect time', async () => {
    const { failure, timings } = await failureOf(`http://127.0.0.1:${await findFreePort()}/`);
    expect(failure.result).toBe('refused');
    expect(timings.connectSeconds).toBeUndefined();
  });

  test('A1 an address whose accept queue is full is connect_timeout, though no name was looked up', async () => {
    const frozen = keep(await startFrozenServer());
    const { failure, timings } = await failureOf(`http://127.0.0.1:${frozen.port}/`);
    expect(failure.result).toBe('connect_timeout');
    expect(timings.connectSeconds).toBeUndefined();
  });

  test('A15 a name without an address is dns', async () => {
    const { failure } = await failureOf('http://no-such-host.invalid/', {}, 8000);
    expect(failure.result).toBe('dns');
  });

  test('A15 a name that is never resolved is dns at the deadline, and delays no other fetch', async () => {
    const never = () => new Promise<never>(() => undefined);
    const fetcher = createPageFetcher({
      statusUrl: 'http://dead.example/',
      http: http(),
      resolveName: never,
    });
    const result = await fetcher.fetch(100);
    expect(result.ok ? '' : result.error.failure.result).toBe('dns');
  });

  test('A16 a missing unix socket is named', async () => {
    const { failure } = await failureOf('unix:/nonexistent/nginx.sock:/stub_status');
    expect(failure.result).toBe('other');
    expect(failure.message).toContain('ENOENT');
  });

  test('A17 a plain HTTP server asked over https is tls', async () => {
    const server = keep(
      await startHostileServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    const { failure } = await failureOf(`https://127.0.0.1:${server.port}/`, {}, 1000);
    expect(failure.result).toBe('tls');
  });

  test('a missing password file is an error that names it, not an anonymous request', async () => {
    const server = keep(await startHostileServer((socket) => socket.end(page(''))));
    const { failure } = await failureOf(server.url, {
      basic_auth: { username: 'a', password_file: '/nonexistent/secret' },
    });
    expect(failure.message).toContain('/nonexistent/secret');
    expect(server.connections()).toBe(0);
  });
});

function drip(socket: Socket, start: string): void {
  socket.write(start);
  const timer = setInterval(() => socket.write('x'), 20);
  socket.once('close', () => clearInterval(timer));
}

function endless(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\n\r\n');
  const more = () => {
    while (!socket.destroyed && socket.write('x'.repeat(65_536)));
  };
  socket.on('drain', more);
  more();
}

/** A process that listens with the shortest queue and was stopped; its queue is full. */
async function startFrozenServer() {
  const listen = `const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')).map(Number);
  child.kill('SIGSTOP');
  const waiting: Socket[] = [];
  for (let client = 0; client < 4; client++) {
    const socket = connect({ port: port ?? 0, host: '127.0.0.1' }).on('error', () => undefined);
    waiting.push(socket);
  }
  await Promise.all(waiting.slice(0, 2).map((socket) => once(socket, 'connect')));
  return {
    port,
    async stop() {
      for (const socket of waiting) socket.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
