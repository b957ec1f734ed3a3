import { execFileSync } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createAuthority } from '../support/certificates.ts';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { requireBinary } from '../support/find-binary.ts';
import { findFreePort } from '../support/free-port.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { answersOk, httpGet } from '../support/http-get.ts';
import { keep, keepTempDirectory } from '../support/keep.ts';
import { startProcess } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';

const page =
  'Active connections: 1 \nserver accepts handled requests\n 3 3 3 \nReading: 0 Writing: 1 Waiting: 0 \n';
const reply = `HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\nConnection: close\r\n\r\n${page}`;

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Writes a log of one line into a directory of its own. */
async function createLog(): Promise<string> {
  const path = join(await keepTempDirectory('log'), 'access.log');
  await writeFile(path, '"GET / HTTP/1.1" 200\n');
  return path;
}

const logging = (path: string, checkpoints: string, statusUrl = 'http://127.0.0.1:1/') => `
targets:
  - name: a
    server: nginx
    status_url: "${statusUrl}"
    timeout: 600s
    sampling: {interval: 0s}
    access_logs: [{path: ${path}, format: '"$request" $status'}]
checkpoint: {directory: ${checkpoints}, interval: 200ms}
logs: {start: beginning}`;

/** An exporter that may have that many files open. */
async function startWithin(openFiles: number, config: string) {
  const directory = await keepTempDirectory('descriptors');
  const configFile = join(directory, 'config.yml');
  await writeFile(configFile, config);
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const exporter = keep(
    await startProcess({
      command: 'bash',
      args: [
        '-c',
        `ulimit -n ${openFiles}; exec "$@"`,
        'bash',
        ...[process.execPath, main, 'serve', `--config.file=${configFile}`],
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      isReady: () => answersOk(`${url}/-/ready`),
    }),
  );
  const clients: Socket[] = [];
  const disconnectAll = () => clients.forEach((client) => void client.destroy());
  onTestFinished(disconnectAll);
  const connectMore = (count: number) => {
    for (let client = 0; client < count; client++) {
      clients.push(connect(port, '127.0.0.1').on('error', () => undefined));
    }
  };
  return { exporter, url, connectMore, disconnectAll };
}

test('A16 E1 out of descriptors: the exporter continues, its figures show it, and it recovers by itself', async () => {
  const server = keep(await startHostileServer((socket) => socket.end(reply)));
  const pipes = await keepTempDirectory('pipes');
  // Connections may take a third. The named pipes need so much that this third is not there.
  const paths = Array.from({ length: 180 }, (_, n) => join(pipes, `${n}.fifo`));
  execFileSync(requireBinary('mkfifo'), paths);
  const { exporter, url, connectMore, disconnectAll } = await startWithin(
    256,
    JSON.stringify({
      targets: [
        {
          ...{ name: 'a', server: 'nginx', status_url: `${server.url}/s` },
          ...{ sampling: { interval: '100ms' }, access_logs: paths.map((pipe) => ({ pipe })) },
        },
      ],
    }),
  );
  connectMore(500);
  await waitUntil({
    until: 'a poll has failed for want of a descriptor',
    // Running ss fails with EMFILE as well, and may be the first to say so.
    holds: () => {
      // A descriptor that a poll held while the clients came is free afterwards, until one more client takes it.
      connectMore(5);
      return /target cannot be read.*EMFILE/.test(exporter.output());
    },
  });
  disconnectAll();
  await waitUntil({
    until: 'the exporter answers again',
    holds: async () => {
      if (!(await answersOk(`${url}/metrics`))) return false;
      const { body } = await httpGet(`${url}/metrics`);
      return parseExposition(body).value('webserver_up') === 1;
    },
  });
  const metrics = parseExposition((await httpGet(`${url}/metrics`)).body);
  expect(metrics.value('process_max_fds')).toBe(256);
  expect(metrics.value('process_open_fds')).toBeLessThan(256);
  expect(metrics.sum('webserver_scrape_failures_total', { result: 'other' })).toBeGreaterThan(0);
  // One line when it begins and one when it is over, not one for each poll.
  expect(exporter.output().match(/target cannot be read/g)?.length).toBeLessThan(5);
});

test('D1 E1 a flood of connections to a process that may open few files makes neither scrapes nor polls fail', async () => {
  const server = keep(await startHostileServer((socket) => socket.end(reply)));
  // Node opens all modules of the build at once. The bundle starts with 64.
  const openFiles = 160;
  const { exporter, url, connectMore } = await startWithin(
    openFiles,
    `targets: [{name: a, server: nginx, status_url: "${server.url}/s", timeout: 60s, sampling: {interval: 100ms}}]`,
  );
  for (let scrape = 0; scrape < 5; scrape++) {
    connectMore(100);
    const metrics = parseExposition((await httpGet(`${url}/metrics`)).body);
    expect(metrics.value('webserver_up')).toBe(1);
    expect(metrics.value('process_open_fds')).toBeLessThan(openFiles);
    expect(metrics.sum('webserver_scrape_failures_total')).toBe(0);
  }
  expect(exporter.output()).not.toContain('EMFILE');
});

test('E2 SIGTERM in the middle of a scrape: it ends within the grace time, and the next start counts each line once', async () => {
  const server = keep(await startHostileServer(() => undefined));
  const path = await createLog();
  const config = logging(path, await keepTempDirectory('checkpoints'), `${server.url}/s`);
  const first = keep(await startExporter({ config }));
  // Both the scrape and the poll would last longer than is waited for the end.
  const scrape = first.metrics({ 'x-prometheus-scrape-timeout-seconds': '120' }).catch(() => '');
  await waitUntil({ until: 'the poll hangs', holds: () => server.requests.length > 0 });
  await appendFile(path, '"GET / HTTP/1.1" 200\n');
  first.signal('SIGTERM');
  await waitUntil({ until: 'it has ended', holds: () => !first.isRunning() });
  await scrape;
  expect(first.output()).toContain('msg=stopping');
  const second = keep(await startExporter({ config }));
  const headers = { 'x-prometheus-scrape-timeout-seconds': '1.5' };
  await waitUntil({
    until: 'both are counted',
    holds: async () =>
      parseExposition(await second.metrics(headers)).sum('webserver_log_responses_total') === 2,
  });
});

test('E2 a second SIGTERM ends at once', async () => {
  const server = keep(await startHostileServer(() => undefined));
  const exporter = keep(
    await startExporter({
      config: `targets: [{name: a, server: nginx, status_url: "${server.url}/s", timeout: 60s, sampling: {interval: 0s}}]`,
    }),
  );
  const silent = connect(exporter.port, '127.0.0.1').on('error', () => undefined);
  onTestFinished(() => void silent.destroy());
  silent.write('GET /metrics HTTP/1.1\r\n');
  exporter.signal('SIGTERM');
  await waitUntil({ until: 'it ends', holds: () => exporter.output().includes('msg=stopping') });
  exporter.signal('SIGTERM');
  await waitUntil({ until: 'it has ended', holds: () => !exporter.isRunning() });
  // The first one lets it end by itself, which takes as long as the client is given.
  expect(exporter.endedBy()).toBe('SIGTERM');
});

test('E3 a defect is one line of the log and exit 1, and the next start counts every line once', async () => {
  const path = await createLog();
  const checkpoints = await keepTempDirectory('checkpoints');
  const config = logging(path, checkpoints);
  // Node.js keeps SIGUSR1 for its debugger.
  const defect = 'process.on("SIGUSR2", () => { Promise.reject(new Error("a planted defect")); })';
  const first = keep(
    await startExporter({
      config,
      args: ['--log.format=json'],
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(defect)}` },
    }),
  );
  const count = async (exporter: typeof first) =>
    parseExposition(await exporter.metrics()).sum('webserver_log_responses_total');
  await waitUntil({ until: 'the line is counted', holds: async () => (await count(first)) === 1 });
  first.signal('SIGUSR2');
  await waitUntil({ until: 'it has ended', holds: () => !first.isRunning() });
  const last = first.output().trimEnd().split('\n').at(-1) ?? '';
  expect(JSON.parse(last)).toMatchObject({
    level: 'error',
    error: expect.stringContaining('a planted defect'),
  });
  await appendFile(path, '"GET / HTTP/1.1" 200\n');
  const second = keep(await startExporter({ config }));
  await waitUntil({ until: 'both are counted', holds: async () => (await count(second)) === 2 });
});

test('A17 certificates that are expired, of another name, unknown or too old are tls; a new CA file is read at once', async () => {
  const directory = await keepTempDirectory('tls');
  const authority = createAuthority(directory);
  const other = createAuthority(directory, 'other-ca');
  const serve = async (cert: string, key: string, more: object = {}) => {
    const server = createServer({ cert, key, ...more }, (_, response) => {
      response.setHeader('connection', 'close');
      response.end(page);
    });
    const port = await findFreePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return `https://127.0.0.1:${port}/`;
  };
  const good = authority.issue('good', 'IP:127.0.0.1');
  const foreign = other.issue('foreign', 'IP:127.0.0.1');
  const wrong = authority.issue('wrong', 'DNS:elsewhere.example');
  const old = issueInThePast(directory, authority.file);
  const legacy = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  const caFile = join(directory, 'trusted.pem');
  await writeFile(caFile, authority.pem);
  const urls = {
    good: await serve(good.cert, good.key),
    unknown: await serve(foreign.cert, foreign.key),
    wrong: await serve(wrong.cert, wrong.key),
    expired: await serve(old.cert, old.key),
    legacy: await serve(good.cert, good.key, legacy),
  };
  const target = ([name, status_url]: readonly [string, string]) => ({
    ...{ name, server: 'nginx', status_url, sampling: { interval: '0s' } },
    http: { tls: { ca_file: caFile } },
  });
  const config = JSON.stringify({ targets: Object.entries(urls).map(target) });
  const exporter = keep(await startExporter({ config }));
  const results = async () => {
    const metrics = parseExposition(await exporter.metrics());
    const shown = metrics.samples('webserver_scrape_result').filter(({ value }) => value === 1);
    return Object.fromEntries(
      shown.map(({ labels }) => [labels['target'], labels['result']] as const),
    );
  };
  expect(await results()).toEqual({
    ...{ good: 'ok', unknown: 'tls', wrong: 'tls', expired: 'tls', legacy: 'tls' },
  });
  await writeFile(caFile, other.pem);
  expect(await results()).toMatchObject({ good: 'tls', unknown: 'ok' });
});

/** Valid for one day of 2020. */
function issueInThePast(directory: string, caFile: string) {
  const [certFile, keyFile] = [join(directory, 'old.crt'), join(directory, 'old.key')];
  execFileSync(
    requireBinary('faketime'),
    [
      ...['2020-01-01', 'openssl', 'req', '-x509', '-newkey', 'ec', '-nodes', '-subj', '/CN=old'],
      ...[
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-days',
        '1',
        '-keyout',
        keyFile,
        '-out',
        certFile,
      ],
      ...['-CA', caFile, '-CAkey', caFile.replace(/crt$/, 'key')],
      ...['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=CA:FALSE'],
    ],
    { stdio: 'ignore' },
  );
  const read = (file: string) => execFileSync('cat', [file], { encoding: 'utf8' });
  return { cert: read(certFile), key: read(keyFile) };
}

test('A3 A18 a hundred targets with pages of a megabyte fit into a heap of 64 MiB', async () => {
  const filler = `${'x'.repeat(999)}\n`.repeat(1000);
  const body = `a.example\nServerVersion: Apache/2.4.62\nTotal Accesses: 7\nIdleWorkers: 1\nScoreboard: _\n${filler}`;
  const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
  const server = keep(await startHostileServer((socket) => socket.end(answer)));
  const targets = Array.from({ length: 100 }, (_, index) => ({
    ...{ name: `t${index}`, server: 'apache', status_url: `${server.url}/server-status?auto` },
    timeout: '60s',
    sampling: { interval: '0s' },
  }));
  const exporter = keep(
    await startExporter({
      config: JSON.stringify({ targets }),
      env: { NODE_OPTIONS: '--max-old-space-size=64' },
    }),
  );
  const headers = { 'x-prometheus-scrape-timeout-seconds': '60' };
  for (let scrape = 0; scrape < 2; scrape++) {
    const metrics = parseExposition(await exporter.metrics(headers));
    expect(metrics.sum('webserver_scrape_result', { result: 'ok' })).toBe(100);
  }
  expect(exporter.isRunning()).toBe(true);
});

test('C3 syslog is received on the configured address alone', async () => {
  const port = await findFreePort();
  const exporter = keep(
    await startExporter({
      config: `
targets:
  - name: a
    server: nginx
    status_url: "http://127.0.0.1:1/"
    sampling: {interval: 0s}
    access_logs: [{syslog: "127.0.0.1:${port}", format: '"$request" $status'}]`,
    }),
  );
  await waitUntil({
    until: 'the address is bound',
    holds: async () => (await boundAddresses(port)).length > 0,
  });
  expect(await boundAddresses(port)).toEqual(['0100007F']);
  expect(exporter.isRunning()).toBe(true);
});

/** Of UDP sockets, as the kernel prints them. */
async function boundAddresses(port: number): Promise<readonly string[]> {
  const table = await readFile('/proc/net/udp', 'utf8');
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  return [...table.matchAll(/^\s*\d+: ([0-9A-F]{8})(:[0-9A-F]{4} )/gm)]
    .filter(([, , found]) => found === suffix)
    .map(([, address]) => address ?? '');
}
