import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import { afterEach, describe, expect, test } from 'vitest';
import { buildServer } from '../../src/server/build-server.ts';
import { createWebSecurity } from '../../src/server/web-security.ts';
import { findFreePort } from '../support/free-port.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { startInProcess } from '../support/in-process-app.ts';
import { keep, keepTempDirectory } from '../support/keep.ts';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

async function connectTo(port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host }).on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** Returns the complete answer to raw bytes on one connection. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const socket = await connectTo(port);
  let answer = '';
  socket.on('data', (data) => {
    answer += data.toString('latin1');
  });
  // Not once(): a connection that is reset before it is closed is an answer too.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.end(bytes, 'latin1');
  await closed;
  return answer;
}

async function listening(config: object = {}) {
  const exporter = await startInProcess(config);
  const port = await findFreePort();
  await exporter.app.listen({ host: '127.0.0.1', port });
  return { ...exporter, port };
}

describe('a client that', () => {
  test('D1 sends requests one after the other without waiting is answered in order', async () => {
    const { port } = await listening();
    const ask = 'GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n';
    const last = 'GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const answer = await answerTo(port, ask.repeat(50) + last);
    expect(answer.match(/HTTP\/1\.1 200 /g)).toHaveLength(50);
    expect(answer.match(/HTTP\/1\.1 404 /g)).toHaveLength(1);
  });

  test.each([
    [
      'sends a header of a megabyte',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(1e6)}\r\n\r\n`,
      /^HTTP\/1\.1 431 |^$/,
    ],
    [
      'asks for a URL of a megabyte',
      `GET /${'x'.repeat(1e6)} HTTP/1.1\r\n\r\n`,
      /^HTTP\/1\.1 431 |^$/,
    ],
    [
      'sends a body of a megabyte',
      `POST /-/reload HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 1000000\r\nConnection: close\r\n\r\n${'x'.repeat(1e6)}`,
      /^HTTP\/1\.1 4\d\d |^$/,
    ],
    ['does not send HTTP', '\x16\x03\x01\x02\0\x01\0', /^HTTP\/1\.1 400 /],
    ['sends a header with a NUL', 'GET / HTTP/1.1\r\nX: \0\r\n\r\n', /^HTTP\/1\.1 400 /],
  ])('D1 %s is refused, and the next is served', async (_, bytes, wanted) => {
    const { port, get } = await listening();
    expect(await answerTo(port, bytes)).toMatch(wanted);
    expect(await get('/-/healthy')).toBe('healthy\n');
  });

  test.each([
    'q=9',
    'text/plain;q=NaN',
    'a'.repeat(10_000),
    'application/openmetrics-text',
    '\u00ff',
    '',
  ])('D1 accepts %s gets the text format', async (accept) => {
    const { app } = await startInProcess({});
    const { statusCode, headers } = await app.server.inject({
      url: '/metrics',
      headers: { accept },
    });
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  test('D1 has ten seconds for its request, and 75 s between two', async () => {
    const { app } = await startInProcess({});
    const { requestTimeout, headersTimeout, keepAliveTimeout } = app.server.server;
    expect(requestTimeout).toBe(10_000);
    expect(headersTimeout).toBeLessThanOrEqual(60_000);
    expect(keepAliveTimeout).toBe(75_000);
  });

  test.each(['127.0.0.1', '::1'])(
    'D1 E2 connects to localhost at %s and sends nothing is disconnected at the end',
    async (host) => {
      const { app, stop } = await startInProcess({});
      const port = await findFreePort();
      await app.listen({ host: 'localhost', port });
      const client = await connectTo(port, host);
      const closed = once(client, 'close');
      const stopped = stop();
      app.cutConnections();
      await Promise.all([stopped, closed]);
    },
  );
});

describe('/probe', () => {
  test.each([
    'file:///etc/passwd',
    'javascript:alert(1)',
    'unix:/var/run/docker.sock:/info',
    'http://0xa9fea9fe/',
    'http://2852039166/',
    '[::ffff:169.254.169.254]',
    'http://user:password@127.0.0.1/',
    'http://127.0.0.1/\r\nX: y',
    'http://127.0.0.1:80\\@169.254.169.254/',
    'x'.repeat(100_000),
    '%00',
  ])('D4 refuses %s before any connection, in one line of the log', async (target) => {
    const { app, logged } = await startInProcess({
      probe: {
        allow: [{ cidr: '127.0.0.0/8', ports: [1] }, { cidr: '169.254.0.0/16' }],
        modules: { m: { server: 'nginx' } },
      },
    });
    const url = `/probe?module=m&target=${encodeURIComponent(target)}`;
    const { statusCode, body } = await app.server.inject(url);
    expect(statusCode).toBeGreaterThanOrEqual(400);
    expect(statusCode).toBeLessThan(500);
    expect(body.length).toBeLessThan(1000);
    const refusals = logged.filter((line) => line.includes('probe refused'));
    // A URL longer than Node takes has no route at all.
    expect(refusals.length).toBeLessThanOrEqual(1);
    for (const line of refusals) expect(line).not.toMatch(/[\r\n]/);
  });

  test('D4 sends the credentials of a module only to what the configuration allows', async () => {
    const server = keep(await startHostileServer((socket) => socket.end()));
    const { app } = await startInProcess({
      probe: {
        allow: [{ host: 'localhost', ports: [server.port] }],
        modules: { m: { server: 'nginx', http: { bearer_token: 's3cret' } } },
      },
    });
    const ask = (target: string) => app.server.inject(`/probe?module=m&target=${target}`);
    expect((await ask(`127.0.0.1:${server.port}`)).statusCode).toBe(403);
    expect(server.connections()).toBe(0);
    expect((await ask(`localhost:${server.port}`)).statusCode).toBe(200);
    expect(server.requests.join()).toContain('s3cret');
  });

  test.each(['__proto__', 'constructor', 'toString'])(
    'D4 B12 handles "%s" as a target, a module and a parameter like any other name',
    async (name) => {
      const { app } = await startInProcess({
        targets: [
          {
            name,
            server: 'nginx',
            status_url: 'http://127.0.0.1:1/',
            sampling: { interval: '0s' },
          },
        ],
      });
      const { statusCode, body } = await app.server.inject(`/probe?target=${name}`);
      expect(statusCode).toBe(200);
      expect(body).toContain(`webserver_up{target="${name}"`);
      for (const query of [`target=a&module=${name}`, `target=other&${name}=1`, `${name}[a]=1`]) {
        expect((await app.server.inject(`/probe?${query}`)).statusCode).toBe(400);
      }
    },
  );
});

describe('--web.config.file', () => {
  const serve = async (text: string) => {
    const file = join(await keepTempDirectory('web'), 'web.yml');
    await appendFile(file, text);
    const content = { text };
    const problems: string[] = [];
    const refusals: string[] = [];
    const security = createWebSecurity({
      file,
      readFile: () => Buffer.from(content.text),
      now: () => performance.now(),
      logError: (message) => problems.push(message),
      logRefusal: (message, { address, remedy }) =>
        refusals.push(`${address}: ${message}; ${remedy}`),
    });
    if (!security.ok) throw new Error(security.error.join('\n'));
    const { server } = buildServer({
      telemetryPath: '/metrics',
      onError: (error) => problems.push(String(error)),
      security: security.value,
      ports: {
        renderMetrics: async () => 'webserver_up 1\n',
        probe: () => Promise.reject(new Error('not asked')),
        renderPage: () => '',
        renderBoardsEvent: () => '',
        isReady: () => true,
        reload: () => Promise.reject(new Error('not asked')),
        showConfig: () => '',
        showModule: () => 'm: {}\n',
        showAdvice: () => ({}),
        listTargets: () => [],
      },
    });
    const { refused, isUsable } = security.value;
    const status = async (authorization?: string, remoteAddress = '192.0.2.1') =>
      (
        await server.inject({
          url: '/metrics',
          remoteAddress,
          ...(authorization === undefined ? {} : { headers: { authorization } }),
        })
      ).statusCode;
    return { content, problems, refusals, refused, isUsable, status };
  };

  test('D7 that becomes invalid while serving refuses with 500, in one log line, until it is corrected', async () => {
    const { content, problems, isUsable, status } = await serve('{}');
    expect(await status()).toBe(200);
    content.text = 'basic_auth_users: [';
    for (let request = 0; request < 5; request++) expect(await status()).toBe(500);
    expect(problems).toHaveLength(1);
    expect(isUsable()).toBe(false);
    content.text = '{}';
    expect(await status()).toBe(200);
    expect(isUsable()).toBe(true);
  });

  test('D6 accepts no password of a megabyte, no colon in the name, and no prefix', async () => {
    const { status } = await serve(`basic_auth_users: {prom: '${await hash('a:b', 4)}'}`);
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    expect(await status(basic('prom:a:b'))).toBe(200);
    for (const text of [
      `prom:${'x'.repeat(1_000_000)}`,
      'prom:a',
      'prom',
      'prom:a:b\0',
      ':a:b',
      'prom:a:',
    ]) {
      expect(await status(basic(text))).not.toBe(200);
    }
  });

  test('D6 that refuses 1,000 wrong passwords of one address logs one line, which names the address and what to do', async () => {
    const { status, refusals, refused } = await serve(
      `basic_auth_users: {prom: '${await hash('secret', 4)}'}`,
    );
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    // As browsers do with their first request, and no mistake.
    expect(await status()).toBe(401);
    expect(refusals).toEqual([]);
    for (let guess = 0; guess < 1000; guess++) await status(basic(`prom:${guess}`));
    expect(refusals).toEqual([
      expect.stringMatching(
        /^192\.0\.2\.1: client refused: wrong user name or password; .*basic_auth/,
      ),
    ]);
    expect(await status(basic('prom:0'), '192.0.2.2')).toBe(401);
    expect(refusals).toHaveLength(2);
    const { no_password, password, too_many_failures } = refused();
    expect(no_password).toBe(1);
    expect(password + too_many_failures).toBe(1001);
  });
});

test('D8 after many reloads, every other one invalid, the last valid configuration is in force', async () => {
  const target = (name: string) => ({
    name,
    server: 'nginx',
    status_url: 'http://127.0.0.1:1/',
    sampling: { interval: '0s' },
  });
  const { reload, metrics, app } = await startInProcess({ targets: [target('a')] });
  const reloaded = [];
  for (let round = 0; round < 20; round++) {
    const next = round % 2 === 0 ? { targets: [target(`t${round}`)] } : { targets: 'none' };
    reloaded.push(await reload(next));
  }
  expect(reloaded.filter((problems) => problems.length > 0)).toHaveLength(10);
  const after = await metrics();
  expect(after.samples('webserver_up').map(({ labels }) => labels['target'])).toEqual(['t18']);
  expect(after.value('keepalive_exporter_config_last_reload_successful')).toBe(0);
  const storm = await Promise.all(
    Array.from({ length: 20 }, () => app.server.inject({ method: 'POST', url: '/-/reload' })),
  );
  expect(storm.map(({ statusCode }) => statusCode)).toEqual(storm.map(() => 500));
  expect((await metrics()).samples('webserver_up')).toHaveLength(1);
});
