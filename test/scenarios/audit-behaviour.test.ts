import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, createServer, request } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { deriveConfigFigures } from '../../src/audit/config-figures.ts';
import { auditFiles } from '../../src/pipeline/audit-files.ts';
import type { Finding } from '../../src/snapshot/audit.ts';
import { testVersions } from '../support/audit-example.ts';
import { httpGet } from '../support/http-get.ts';
import { listProcessGroup } from '../support/process-group.ts';
import { startApache } from '../support/real-apache.ts';
import { type RealNginx, startNginx } from '../support/real-nginx.ts';
import { requestsOnOneConnection } from '../support/requests-on-one-connection.ts';
import { waitUntil } from '../support/wait-until.ts';

const stops: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

async function auditOf(server: 'apache' | 'nginx', file: string) {
  const done = await auditFiles({
    files: { [server]: file },
    versions: testVersions,
    machine: { cpuCount: 1 },
    chain: {},
  });
  if (!done.ok) throw new Error(done.error);
  return done.value;
}

function findingsOf(findings: readonly Finding[], id: string): readonly Finding[] {
  return findings.filter((finding) => finding.id === id);
}

/** A backend that tells how many connections the requests of each path came on. */
async function startCountingBackend() {
  const connections = new Map<string, Set<Socket>>();
  const server = createServer((asked, response) => {
    const path = asked.url ?? '';
    connections.set(path, (connections.get(path) ?? new Set()).add(asked.socket));
    response.end('x');
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { port, connectionsOf: (path: string) => connections.get(path)?.size ?? 0 };
}

const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const safariOfMac = `${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15`;
const chromeOfMac = `${mac} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36`;

async function askTimes(url: string, count: number): Promise<void> {
  for (let at = 0; at < count; at++) await httpGet(url);
}

describe('what the audit says of Apache is what Apache does', () => {
  test.each([
    [
      'prefork',
      { mpm: 'prefork', maxRequestWorkers: 20, serverLimit: 5 },
      'apache-workers-capped',
      5,
    ],
    [
      'worker',
      { mpm: 'worker', maxRequestWorkers: 10, threadsPerChild: 4, serverLimit: 3 },
      'apache-workers-not-multiple',
      8,
    ],
    [
      'event',
      { mpm: 'event', maxRequestWorkers: 12, threadsPerChild: 4, serverLimit: 2 },
      'apache-workers-capped',
      8,
    ],
  ] as const)(
    '%s starts with fewer workers than MaxRequestWorkers says, and counts requests of a connection',
    async (_, options, id, workers) => {
      const apache = await startApache({ ...options, maxKeepAliveRequests: 3 });
      stops.push(apache.stop);
      const { report, subject } = await auditOf('apache', apache.configFile);
      expect(findingsOf(report.findings, id)[0]?.what).toContain(`${workers} workers count`);
      const page = (await httpGet(apache.statusUrl)).body;
      expect(/^Scoreboard: (\S+)$/m.exec(page)?.[1]).toHaveLength(workers);
      const limit = deriveConfigFigures(subject)?.keepaliveRequests?.value ?? 0;
      const requests = await requestsOnOneConnection({ url: `${apache.url}/`, count: 3 * limit });
      // Apache does not count the first one.
      expect(requests.slice(0, 2)).toEqual([limit + 1, limit + 1]);
    },
  );

  test('nokeepalive, virtual hosts, and pools to the backend', async () => {
    const backend = await startCountingBackend();
    const to = (path: string) => `http://127.0.0.1:${backend.port}/${path}`;
    const apache = await startApache({
      mpm: 'event',
      maxRequestWorkers: 8,
      threadsPerChild: 8,
      keepAliveTimeout: 30,
      extraConfig: [
        'LoadModule setenvif_module /usr/lib/apache2/modules/mod_setenvif.so',
        'BrowserMatch "Safari" nokeepalive',
        `ProxyPass "/reused" "${to('reused')}"`,
        `ProxyPass "/disabled" "${to('disabled')}" disablereuse=On`,
        `ProxyPassMatch "^/(matched)$" "http://127.0.0.1:${backend.port}/$1"`,
        '<VirtualHost *:*>',
        '  ServerName first.example',
        '  KeepAliveTimeout 1',
        '</VirtualHost>',
        '<VirtualHost *:*>',
        '  ServerName second.example',
        '</VirtualHost>',
        '<VirtualHost *:*>',
        '  ServerName own.example',
        '  KeepAliveTimeout 20',
        '</VirtualHost>',
      ].join('\n'),
    });
    stops.push(apache.stop);
    const { report } = await auditOf('apache', apache.configFile);

    const [nokeepalive] = findingsOf(report.findings, 'apache-nokeepalive-modern');
    expect(nokeepalive?.effective).toContain('Safari');
    const safari = { headers: { 'User-Agent': safariOfMac } };
    expect(await answerHeaders(apache.url, safari)).toMatchObject({ connection: 'close' });
    expect(await answerHeaders(apache.url, {})).not.toMatchObject({ connection: 'close' });

    for (const path of ['reused', 'disabled', 'matched'])
      await askTimes(`${apache.url}/${path}`, 4);
    expect(findingsOf(report.findings, 'apache-proxy-disablereuse').map(lineText)).toEqual([
      // The harness has one of its own.
      expect.stringContaining('/slow'),
      expect.stringContaining('/disabled'),
    ]);
    expect(findingsOf(report.findings, 'apache-proxy-no-enablereuse').map(lineText)).toEqual([
      expect.stringContaining('(matched)'),
    ]);
    expect(
      ['reused', 'disabled', 'matched'].map((path) => backend.connectionsOf(`/${path}`)),
    ).toEqual([1, 4, 4]);

    expect(findingsOf(report.findings, 'apache-vhost-timeout-ignored')).toMatchObject([
      { effective: 'KeepAliveTimeout 1', what: expect.stringContaining('second.example') },
    ]);
    const second = await openIdle(apache.port, 'second.example');
    const own = await openIdle(apache.port, 'own.example');
    expect(second.answer).toContain('Keep-Alive: timeout=30, max=100');
    await waitUntil({ until: 'the second host closes', holds: () => second.isClosed() });
    expect(own.isClosed()).toBe(false);
    second.socket.destroy();
    own.socket.destroy();
  });

  test('a Connection header set by hand contradicts Apache where it closes', async () => {
    const apache = await startApache({
      mpm: 'event',
      maxRequestWorkers: 4,
      threadsPerChild: 4,
      extraConfig: 'KeepAlive Off\nHeader set Connection keep-alive',
    });
    stops.push(apache.stop);
    const { report } = await auditOf('apache', apache.configFile);
    expect(findingsOf(report.findings, 'apache-header-connection')).toHaveLength(1);
    expect(await answerHeaders(apache.url, {})).toMatchObject({ connection: 'keep-alive, close' });
  });

  test('a request that crosses the end of an idle connection gets no answer: the 502 of the front', async () => {
    const apache = await startApache({
      mpm: 'event',
      maxRequestWorkers: 8,
      threadsPerChild: 8,
      keepAliveTimeout: 1,
    });
    stops.push(apache.stop);
    const done = await auditFiles({
      files: { apache: apache.configFile },
      versions: testVersions,
      machine: { cpuCount: 1 },
      chain: { frontTimeoutSeconds: 60 },
    });
    const findings = done.ok ? done.value.report.findings : [];
    expect(findingsOf(findings, 'chain-idle-race')).toMatchObject([
      { effective: 'KeepAliveTimeout 1' },
    ]);
    const front = await openIdle(apache.port, 'any.example', { allowHalfOpen: true });
    await waitUntil({ until: 'Apache closes', holds: () => front.hasEnded() });
    const before = front.received();
    front.socket.on('error', () => undefined);
    front.socket.write('POST / HTTP/1.1\r\nHost: any.example\r\nContent-Length: 0\r\n\r\n');
    const fresh = await openIdle(apache.port, 'any.example');
    // What came after was answered, so this is not going to be.
    expect(front.received()).toBe(before);
    front.socket.destroy();
    fresh.socket.destroy();
  });
});

function lineText({ effective }: Finding): string {
  return effective;
}

function answerHeaders(url: string, options: { headers?: Record<string, string> }) {
  return new Promise<Record<string, unknown>>((resolve, reject) => {
    const agent = new Agent({ keepAlive: true });
    request(url, { ...options, agent }, (response) => {
      response.resume().on('end', () => {
        agent.destroy();
        resolve(response.headers);
      });
    })
      .on('error', reject)
      .end();
  });
}

/** A connection that has had one answer and is idle. */
async function openIdle(port: number, host: string, options: { allowHalfOpen?: boolean } = {}) {
  const socket = connect({ port, host: '127.0.0.1', ...options });
  let received = '';
  let ended = false;
  let closed = false;
  socket.setEncoding('latin1').on('data', (text) => {
    received += String(text);
  });
  socket.on('end', () => {
    ended = true;
  });
  socket.on('close', () => {
    closed = true;
  });
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n\r\n`);
  await waitUntil({ until: `${host} answers`, holds: () => received.includes('\r\n\r\n') });
  return {
    socket,
    answer: received,
    received: () => received,
    hasEnded: () => ended,
    isClosed: () => closed,
  };
}

describe('what the audit says of nginx is what nginx does', () => {
  test('connections to the backend, and requests of a connection', async () => {
    const backend = await startCountingBackend();
    const upstream = (name: string, more: string) =>
      `upstream ${name} { server 127.0.0.1:${backend.port}; ${more} }`;
    const nginx = await startNginx({
      workerProcesses: 1,
      workerConnections: 64,
      extraHttp: [
        'keepalive_requests 3;',
        upstream('pooled', 'keepalive 4;'),
        upstream('poolless', ''),
      ].join('\n'),
      extraServer: [
        'proxy_http_version 1.1;',
        'proxy_set_header Connection "";',
        'keepalive_disable safari;',
        'location /kept { proxy_pass http://pooled; }',
        'location /lost { proxy_pass http://pooled; proxy_set_header Host $host; }',
        'location /old { proxy_pass http://pooled; proxy_http_version 1.0; }',
        'location /close { proxy_pass http://pooled; proxy_set_header Connection close; }',
        'location /poolless { proxy_pass http://poolless; }',
      ].join('\n'),
    });
    stops.push(nginx.stop);
    const { report, subject } = await auditOf('nginx', nginx.configFile);
    const wanted = [
      ['/lost', 'nginx-connection-header-lost', 'location /lost'],
      ['/old', 'nginx-proxy-http-1-0', 'location /old'],
      ['/close', 'nginx-connection-header-close', 'location /close'],
      ['/poolless', 'nginx-upstream-no-keepalive', 'upstream poolless'],
    ] as const;
    const lines = (await readFile(nginx.configFile, 'utf8')).split('\n');
    for (const [path, id, words] of wanted) {
      const places = findingsOf(report.findings, id).map(({ at }) => lines[at.line - 1]);
      expect(places, id).toContainEqual(expect.stringContaining(words));
      await askTimes(`${nginx.url}${path}`, 4);
      expect(backend.connectionsOf(path), path).toBe(4);
    }
    for (const { at } of report.findings)
      expect(lines[at.line - 1]).not.toContain('location /kept');
    await askTimes(`${nginx.url}/kept`, 4);
    expect(backend.connectionsOf('/kept')).toBe(1);

    expect(findingsOf(report.findings, 'nginx-keepalive-disable')).toHaveLength(1);
    const answers = [safariOfMac, chromeOfMac].map((agent) =>
      answerHeaders(`${nginx.url}/stub_status`, { headers: { 'User-Agent': agent } }),
    );
    expect((await Promise.all(answers)).map(({ connection }) => connection)).toEqual([
      'close',
      'keep-alive',
    ]);

    const limit = deriveConfigFigures(subject)?.keepaliveRequests?.value ?? 0;
    expect(limit).toBe(3);
    const requests = await requestsOnOneConnection({ url: `${nginx.url}/stub_status`, count: 6 });
    expect(requests).toEqual([limit, limit]);
  });

  test('answers 502 to a POST when the backend closes the pooled connection as it arrives', async () => {
    const backend = createTcpServer((socket) => {
      let asked = 0;
      socket
        .on('error', () => undefined)
        .on('data', () => {
          asked += 1;
          // The second request crosses the end of the idle connection.
          if (asked === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx');
          else socket.destroy();
        });
    }).listen(0, '127.0.0.1');
    await once(backend, 'listening');
    stops.push(async () => backend.close());
    const { port } = backend.address() as AddressInfo;
    const nginx = await startNginx({
      workerProcesses: 1,
      workerConnections: 64,
      extraHttp: `upstream app { server 127.0.0.1:${port}; keepalive 4; }`,
      extraServer:
        'location /app { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; }',
    });
    stops.push(nginx.stop);
    const codes = [await postStatus(`${nginx.url}/app`), await postStatus(`${nginx.url}/app`)];
    expect(codes).toEqual([200, 502]);
  });
});

describe('the 502 race, with nginx in front of Apache', () => {
  /** A POST that nginx reads only after Apache has closed the pooled connection; nginx has one worker. */
  async function postAcrossClose(upstreamTimeout: string) {
    const apache = await startApache({
      mpm: 'event',
      maxRequestWorkers: 8,
      threadsPerChild: 8,
      keepAliveTimeout: 1,
    });
    stops.push(apache.stop);
    const nginx = await startNginx({
      workerProcesses: 1,
      workerConnections: 64,
      extraHttp: `upstream app { server 127.0.0.1:${apache.port}; keepalive 8; ${upstreamTimeout} }`,
      extraServer:
        'location /server-status { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; }',
    });
    stops.push(nginx.stop);
    const done = await auditFiles({
      files: { apache: apache.configFile, nginx: nginx.configFile },
      versions: testVersions,
      machine: { cpuCount: 1 },
      chain: {},
    });
    const findings = findingsOf(done.ok ? done.value.report.findings : [], 'chain-idle-race');
    const codes = await twoPosts(nginx);
    return { codes, fixes: findings.map(({ fix }) => fix.join()) };
  }

  async function twoPosts(nginx: RealNginx): Promise<readonly string[]> {
    const visitor = await openIdle(nginx.port, 'any.example');
    const post = 'POST /server-status HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n';
    const statuses = () => visitor.received().match(/^HTTP\/1\.1 \d+/gm) ?? [];
    const answers = (count: number) =>
      waitUntil({ until: `${count} answers`, holds: () => statuses().length === count });
    visitor.socket.write(post);
    await answers(2);
    // Longer than the pool of the twin keeps it, shorter than Apache does.
    await delay(700);
    // A worker that is busy elsewhere for a moment: the request lies in its socket first, then Apache's close.
    const worker = listProcessGroup(nginx.pid).find((pid) => pid !== nginx.pid) ?? 0;
    process.kill(worker, 'SIGSTOP');
    visitor.socket.write(post);
    await delay(1000);
    process.kill(worker, 'SIGCONT');
    await answers(3);
    visitor.socket.destroy();
    return statuses()
      .slice(1)
      .map((line) => line.slice(9));
  }

  test('answers 502 where the audit finds it, and passes on with the line it gives', async () => {
    // mod_status answers no POST: 404 is Apache's own answer, and not sent again by nginx as a GET would be.
    const long = await postAcrossClose('');
    expect(long).toEqual({ codes: ['404', '502'], fixes: ['keepalive_timeout 500ms;'] });
    const short = await postAcrossClose(long.fixes[0] ?? '');
    expect(short).toEqual({ codes: ['404', '404'], fixes: [] });
  });
});

test('the idle pool of nginx holds every worker of a prefork: others get no answer until it is gone', async () => {
  const apache = await startApache({ mpm: 'prefork', maxRequestWorkers: 3, keepAliveTimeout: 100 });
  stops.push(apache.stop);
  const nginx = await startNginx({
    workerProcesses: 1,
    workerConnections: 64,
    extraHttp: `upstream app { server 127.0.0.1:${apache.port}; keepalive 8; }`,
    extraServer:
      'location /server-status { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; }',
  });
  stops.push(nginx.stop);
  const done = await auditFiles({
    files: { apache: apache.configFile, nginx: nginx.configFile },
    versions: testVersions,
    machine: { cpuCount: 1 },
    chain: {},
  });
  const findings = done.ok ? done.value.report.findings : [];
  expect(findingsOf(findings, 'chain-pool-fills-backend')).toMatchObject([
    { effective: 'keepalive 8', advised: expect.stringContaining('3 workers') },
  ]);
  const ask = () => httpGet(`${nginx.url}/server-status?auto`);
  // More at once until the pool has a connection to each worker.
  await waitUntil({
    until: 'a page says that every worker is taken',
    holds: async () =>
      (await Promise.all([ask(), ask(), ask()])).some(({ body }) => /^IdleWorkers: 0$/m.test(body)),
  });
  let answered = false;
  const other = httpGet(apache.statusUrl, { timeoutMs: 30_000 }).then(() => {
    answered = true;
  });
  for (let at = 0; at < 5; at++) expect((await ask()).status).toBe(200);
  expect(answered).toBe(false);
  await nginx.stop();
  await other;
  expect(answered).toBe(true);
});

function postStatus(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end('body');
  });
}
