import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import type { CheckLimits } from '../../src/snapshot/keepalive-facts.ts';
import { createAuthority } from '../support/certificates.ts';
import { type CheckUrlOptions, checkUrl } from '../support/check-url.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { keepTempDirectory } from '../support/keep.ts';

const limits = { maxWaitSeconds: 1, maxRequests: 5, waiting: 2, timeoutSeconds: 0.5 };

const check = (url: string, more: CheckUrlOptions = {}) => checkUrl(url, { ...limits, ...more });

async function checkServer(
  answer: (socket: Socket) => void,
  { scheme = 'http', ...more }: Partial<CheckLimits> & { scheme?: string } = {},
) {
  const server = await startHostileServer(answer);
  onTestFinished(() => server.stop());
  const report = await check(`${scheme}://127.0.0.1:${server.port}/`, more);
  return { report, connections: server.connections() };
}

function repeat(socket: Socket, text: string, milliseconds: number): void {
  const timer = setInterval(() => socket.write(text), milliseconds);
  socket.on('close', () => clearInterval(timer));
}

test.each([
  ['never answers', () => undefined, /no complete answer arrived within 0\.5 s/],
  ['closes at once', (socket) => socket.end(), /closed the connection before a complete answer/],
  ['resets', (socket) => socket.resetAndDestroy(), /reset the connection/],
  ['sends garbage', (socket) => socket.write('220 mail ESMTP\r\n'), /this is not HTTP/],
  [
    'sends an endless body',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      repeat(socket, 'x'.repeat(300_000), 1);
    },
    /larger than 1 MiB; check a smaller page/,
  ],
  [
    'drips a header',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      repeat(socket, 'x', 20);
    },
    /no complete answer arrived within 0\.5 s/,
  ],
  [
    'sends 1xx for ever',
    (socket) => repeat(socket, 'HTTP/1.1 102 Processing\r\n\r\n', 5),
    /no complete answer/,
  ],
] satisfies readonly (readonly [string, (socket: Socket) => void, RegExp])[])(
  'checkKeepalive() reports a server that %s, after one connection',
  async (_, answer, wanted) => {
    const { report, connections } = await checkServer(answer);
    expect(report.failure).toMatch(wanted);
    expect(report.findings).toMatchObject([{ id: 'no-answer', severity: 'error' }]);
    expect(connections).toBe(1);
  },
);

test('checkKeepalive() reports a port where nothing listens, and a server without TLS', async () => {
  expect((await check('http://127.0.0.1:1/')).failure).toMatch(/ECONNREFUSED/);
  const { report } = await checkServer((socket) => socket.write('220 mail ESMTP\r\n'), {
    scheme: 'https',
  });
  expect(report.failure).toBe('the TLS handshake failed: wrong version number');
});

const page = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

function answerAll(socket: Socket): void {
  socket.write(page);
  socket.on('data', () => socket.write(page));
}

test('checkKeepalive() recognises a server that drops idle connections without closing them', async () => {
  const forgetful = (socket: Socket): void => {
    let at = performance.now();
    socket.write(page);
    socket.on('data', () => {
      // As a load balancer that has dropped its state: no FIN, no RST, no answer.
      if (performance.now() - at < 1500) socket.write(page);
      at = performance.now();
    });
  };
  const { report } = await checkServer(forgetful, { maxWaitSeconds: 2, waiting: 3 });
  expect(report.idle).toMatchObject({ closedWith: 'silent', measuredConnections: 0 });
  expect(report.idle.atLeastSeconds).toBeGreaterThanOrEqual(0.99);
  expect(report.idle.atMostSeconds).toBeGreaterThanOrEqual(1.99);
  expect(report.findings.map(({ id }) => id)).toContain('idle-dropped-silently');
});

test('checkKeepalive() recognises a server that serves only one connection', async () => {
  let served = 0;
  const { report, connections } = await checkServer((socket) => {
    served += 1;
    if (served === 1) answerAll(socket);
  });
  expect(report.reuse.http11).toBe('reused');
  expect(report.findings.map(({ id }) => id)).toEqual(['further-connections-fail']);
  expect(connections).toBe(5);
});

test('checkKeepalive() recognises a server that chooses HTTP/2 and does not speak it', async () => {
  const pair = createAuthority(await keepTempDirectory('certificates')).issue('a', 'IP:127.0.0.1');
  const options = { cert: pair.cert, key: pair.key, ALPNProtocols: ['h2', 'http/1.1'] };
  const server = createServer(options, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (socket.alpnProtocol === 'h2') socket.write('220 mail ESMTP\r\n');
      else answerAll(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = Object(server.address());
  const report = await check(`https://127.0.0.1:${port}/`, { insecure: true, maxWaitSeconds: 0 });
  expect(report.reuse).toMatchObject({ http11: 'reused', http2: 'unknown' });
  expect(report.findings.map(({ id }) => id)).toEqual(['further-connections-fail']);
});

/** An HTTP/2 server that ends a connection with GOAWAY after so many requests. */
async function startHttp2(requests: number): Promise<string> {
  const pair = createAuthority(await keepTempDirectory('certificates')).issue('a', 'IP:127.0.0.1');
  const server = createSecureServer({ cert: pair.cert, key: pair.key, allowHTTP1: true });
  server.on('request', (_, response) => response.end('ok'));
  server.on('session', (session) => {
    let count = 0;
    session.on('stream', () => {
      count += 1;
      if (count === requests) session.close();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `https://127.0.0.1:${Object(server.address()).port}/`;
}

test('checkKeepalive() counts the requests until GOAWAY; its own close is not a timeout', async () => {
  // Counting ends with the longer of the wait and the timeout; a busy machine takes a while.
  const more = { insecure: true, maxRequests: 20, maxWaitSeconds: 0.3, timeoutSeconds: 10 };
  const ended = await check(await startHttp2(7), more);
  expect(ended.http2Requests).toEqual({ requestsPerConnection: 7, closeAnnounced: true });
  expect(ended.reuse.http2).toBe('reused');
  const endless = await check(await startHttp2(Number.POSITIVE_INFINITY), more);
  expect(endless.http2Requests).toEqual({ moreThanRequests: 20 });
  expect(endless.idle.http2IdleTimeoutSeconds).toBeUndefined();
});

test('checkKeepalive() removes control characters that a server sends', async () => {
  const { report } = await checkServer((socket) =>
    socket.end('HTTP/1.1 200 OK\r\nConnection: \u001b[2Jclose\r\nContent-Length: 0\r\n\r\n'),
  );
  expect(report.connectionHeader).toBe('\ufffd[2Jclose');
});

test('checkKeepalive() counts what a server sends before it closes an idle connection', async () => {
  const farewell = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';
  const { report } = await checkServer((socket) => {
    answerAll(socket);
    socket.setTimeout(300, () => socket.end(farewell));
  });
  expect(report.idle).toMatchObject({ closedWith: 'fin', unaskedBytes: farewell.length });
});

test('checkKeepalive() ends at once when aborted, with the facts so far', async () => {
  const server = await startHostileServer(answerAll);
  onTestFinished(() => server.stop());
  const controller = new AbortController();
  const report = await check(server.url, {
    ...{ maxWaitSeconds: 60, timeoutSeconds: 30, signal: controller.signal },
    onWaiting: () => setTimeout(() => controller.abort(), 200),
  });
  expect(report.reuse).toMatchObject({ http11: 'reused', http10WithoutHeader: 'reused' });
  expect(report.requests).toEqual({ moreThanRequests: 5 });
  expect(report.idle.atLeastSeconds).toBeGreaterThan(0.1);
  expect(report.cost.durationSeconds).toBeLessThan(30);
  expect(report.findings).toMatchObject([{ id: 'stopped' }]);
});

test('checkKeepalive() does not report a limit of requests when its own other connections caused the close', async () => {
  const { report } = await checkServer(
    (socket) => {
      // A new connection waits for its first answer, and an idle one ends sooner than four of them are open.
      setTimeout(() => answerAll(socket), 300);
      socket.setTimeout(900, () => socket.end());
    },
    { waiting: 4, maxWaitSeconds: 2, timeoutSeconds: 30 },
  );
  expect(report.requests).toEqual({ moreThanRequests: 5 });
});

test('checkKeepalive() opens no more connections and sends no more requests than stated', async () => {
  const { report, connections } = await checkServer(answerAll);
  expect(connections).toBeLessThanOrEqual(6);
  expect(report.cost.requests).toBeLessThanOrEqual(17);
});
