import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { createPageFetcher } from '../../src/io/fetch-page.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { startInProcess } from '../support/in-process-app.ts';
import { keep } from '../support/keep.ts';

const { http } = configSchema.parse({
  targets: [{ name: 'a', server: 'nginx', status_url: 'http://a/' }],
}).targets[0] ?? { http: { headers: {} } };

const loopback = () => Promise.resolve(['127.0.0.1']);

async function resultOf(answer: (socket: Socket) => void, deadline = 400): Promise<string> {
  const server = keep(await startHostileServer(answer));
  const fetcher = createPageFetcher({ statusUrl: `${server.url}/`, http, resolveName: loopback });
  const fetched = await fetcher.fetch(deadline);
  return fetched.ok ? 'ok' : fetched.error.failure.result;
}

const every = (milliseconds: number, send: () => void) =>
  void setInterval(send, milliseconds).unref();

describe('an answer that', () => {
  test('A2 drips its body a byte at a time is cut at the total deadline', async () => {
    const drip = (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
      every(20, () => socket.write('x'));
    };
    expect(await resultOf(drip)).toBe('response_timeout');
  });

  test('A2 consists of interim answers without end is cut at the total deadline', async () => {
    const interim = (socket: Socket) =>
      every(20, () => socket.write('HTTP/1.1 100 Continue\r\n\r\n'));
    expect(await resultOf(interim)).toBe('response_timeout');
  });

  test('A2 consists of a flood of interim answers is refused, because each costs more than its bytes', async () => {
    const flood = (socket: Socket) =>
      void socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000));
    expect(await resultOf(flood, 60_000)).toBe('other');
  });

  test('A6 switches to another protocol is refused', async () => {
    const upgrade = (socket: Socket) =>
      void socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
      );
    expect(await resultOf(upgrade, 60_000)).toBe('other');
  });

  test.each([
    [
      'has a chunk size that is not a number',
      'Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n',
    ],
    [
      'has both a length and chunks',
      'Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    ],
    ['has two lengths', 'Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
    ['has a header of 100 kB', `X: ${'x'.repeat(100_000)}\r\nContent-Length: 0\r\n\r\n`],
    ['has a NUL in a header', 'X: a\0b\r\nContent-Length: 0\r\n\r\n'],
  ])('A6 %s is refused by the strict parser', async (_, rest) => {
    expect(await resultOf((socket) => socket.end(`HTTP/1.1 200 OK\r\n${rest}`))).toMatch(
      /^(?:other|reset)$/,
    );
  });

  test('A6 is HTTP/0.9 is not accepted as a page', async () => {
    expect(await resultOf((socket) => socket.end('Active connections: 1 \n'))).toBe('other');
  });
});

test('A5 credentials do not follow a redirect, and a redirect loop ends at its first step', async () => {
  const elsewhere = keep(await startHostileServer((socket) => socket.end()));
  const login = { ...http, basic_auth: { username: 'monitor', password: 's3cret' } };
  const server = keep(
    await startHostileServer((socket, head) =>
      socket.end(
        `HTTP/1.1 302 Found\r\nLocation: ${head.startsWith('GET /loop') ? '/loop' : elsewhere.url}\r\nContent-Length: 0\r\n\r\n`,
      ),
    ),
  );
  for (const path of ['/away', '/loop']) {
    const options = { statusUrl: server.url + path, http: login, resolveName: loopback };
    const fetched = await createPageFetcher(options).fetch(1000);
    expect(fetched.ok ? 'ok' : fetched.error.failure.result).toBe('http_status');
  }
  expect({ first: server.connections(), elsewhere: elsewhere.connections() }).toEqual({
    first: 2,
    elsewhere: 0,
  });
});

test('A15 a name that has an empty list of addresses is dns', async () => {
  const options = { statusUrl: 'http://empty.example/', http, resolveName: async () => [] };
  const fetched = await createPageFetcher(options).fetch(1000);
  expect(fetched.ok ? 'ok' : fetched.error.failure.result).toBe('dns');
});

test.each([
  ['EMFILE', 'other'],
  ['ENETUNREACH', 'other'],
  ['EHOSTUNREACH', 'other'],
  ['EAI_AGAIN', 'dns'],
])(
  'A16 %s of the system is a failure of that poll with its message, result %s',
  async (code, result) => {
    const failing = () => Promise.reject(Object.assign(new Error(`connect ${code}`), { code }));
    const options = { statusUrl: 'http://any.example/', http, resolveName: failing };
    const fetched = await createPageFetcher(options).fetch(1000);
    expect(fetched.ok ? {} : fetched.error.failure).toMatchObject({
      result,
      message: expect.stringContaining(code),
    });
  },
);

/** A page of mod_status whose first lines are these. */
const apachePage = (lines: string) => `${lines}\nBusyWorkers: 1\nIdleWorkers: 1\nScoreboard: _W\n`;

const nginxPage = (accepts: string) =>
  `Active connections: 1 \nserver accepts handled requests\n ${accepts} ${accepts} ${accepts} \nReading: 0 Writing: 1 Waiting: 0 \n`;

/** An exporter of one target, whose page is what `page()` returns at that moment. */
async function watch(server: 'apache' | 'nginx', page: () => string) {
  const origin = keep(
    await startHostileServer((socket) => {
      const body = Buffer.from(page(), 'latin1');
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
      );
      socket.end(body);
    }),
  );
  const target = (name: string) => ({
    name,
    server,
    status_url: `${origin.url}/server-status?auto`,
    sampling: { interval: '0s' },
  });
  return { target, exporter: await startInProcess({ targets: [target('a')] }) };
}

test('A8 bytes beyond ASCII, NUL and CR in a page leave the exposition valid UTF-8', async () => {
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1');
  const hostile = everyByte.replaceAll('\n', '');
  const { exporter } = await watch('apache', () =>
    apachePage(`${hostile}\nServerVersion: ${hostile}`),
  );
  const body = await exporter.get('/metrics');
  expect(Buffer.from(body).toString('utf8')).toBe(body);
  expect(body).not.toMatch(/[\0\r\u0080-\u009f]/);
  expect((await exporter.metrics()).value('webserver_up', { target: 'a' })).toBe(1);
});

test.each(['-1', 'NaN', 'Inf', '1e400', '3.9M', '99999999999999999999999'])(
  'A10 a counter of "%s" is left out and counted, the others stay',
  async (value) => {
    const { exporter } = await watch('apache', () =>
      apachePage(`Total Accesses: ${value}\nTotal kBytes: 7\nCPULoad: .05`),
    );
    const metrics = await exporter.metrics();
    expect(metrics.samples('apache_accesses_total')).toEqual([]);
    expect(metrics.value('apache_sent_kilobytes_total')).toBe(7);
    expect(metrics.value('webserver_scrape_bad_fields_total', { target: 'a' })).toBe(1);
    for (const { value: number } of [...metrics.families.values()].flatMap((f) => f.samples)) {
      expect(number).not.toBeNaN();
    }
  },
);

test('A11 counters that go back or wrap are passed on as they are', async () => {
  let accepts = '4294967295';
  const { exporter } = await watch('nginx', () => nginxPage(accepts));
  const read = async () => (await exporter.metrics()).value('nginx_connections_accepted');
  expect(await read()).toBe(4_294_967_295);
  accepts = '3';
  expect(await read()).toBe(3);
  accepts = '9007199254740991';
  expect(await read()).toBe(Number.MAX_SAFE_INTEGER);
  // A value just below 2^64 is an nginx counter that fell below zero. It is not a count.
  accepts = '18446744073709551615';
  expect(await read()).toBeUndefined();
});

test('A14 a page that is not a status page is up 0 with its result, never up 1', async () => {
  let page = nginxPage('1');
  const { exporter } = await watch('nginx', () => page);
  expect((await exporter.metrics()).value('webserver_up')).toBe(1);
  for (const body of ['', '<html>login</html>', 'Active connections: 1 \n', '\0'.repeat(1000)]) {
    page = body;
    const metrics = await exporter.metrics();
    expect(metrics.value('webserver_up')).toBe(0);
    expect(metrics.value('webserver_scrape_result', { result: 'not_a_status_page' })).toBe(1);
    expect(metrics.samples('nginx_connections_accepted')).toEqual([]);
  }
});

test('A19 the series of a target that a reload removes are gone from the next scrape', async () => {
  const { exporter, target } = await watch('nginx', () => nginxPage('1'));
  await exporter.reload({ targets: [target('a'), target('b')] });
  expect((await exporter.metrics()).samples('webserver_up')).toHaveLength(2);
  await exporter.reload({ targets: [target('b')] });
  expect(await exporter.get('/metrics')).not.toContain('target="a"');
});
