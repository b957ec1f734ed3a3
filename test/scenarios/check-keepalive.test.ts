import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compareLinks } from '../../src/derive/compare-links.ts';
import type { KeepaliveReport } from '../../src/snapshot/keepalive-report.ts';
import { createAuthority, type KeyPair } from '../support/certificates.ts';
import { checkUrl } from '../support/check-url.ts';
import { findFreePort } from '../support/free-port.ts';
import { keep, keepTempDirectory } from '../support/keep.ts';
import { measureLateness } from '../support/lateness.ts';
import { startApache } from '../support/real-apache.ts';
import { startNginx } from '../support/real-nginx.ts';

/** The product's claim, on a machine that has time for it. */
const toleratedSeconds = 0.2;

/** Never earlier than the server closes, and later only by what the machine was late. */
function expectAbout(measured: number | undefined, seconds: number, latenessSeconds: number): void {
  expect(measured).toBeGreaterThan(seconds - toleratedSeconds);
  expect(measured).toBeLessThan(seconds + toleratedSeconds + latenessSeconds);
}

/** Connections that end one after the other need not be the server's doing where the machine was as late as that. */
function findingsOf({ findings }: KeepaliveReport, latenessSeconds: number): readonly string[] {
  const ids = findings.map(({ id }) => id);
  return latenessSeconds < toleratedSeconds ? ids : ids.filter((id) => id !== 'idle-uneven');
}

async function certificate(): Promise<{ readonly caFile: string; readonly pair: KeyPair }> {
  const authority = createAuthority(await keepTempDirectory('certificates'));
  return {
    caFile: authority.file,
    pair: authority.issue('localhost', 'DNS:localhost,IP:127.0.0.1'),
  };
}

const modules = ['ssl', 'http2'].map(
  (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
);

function apacheHost(port: number, lines: readonly string[]): string {
  return [
    `Listen 127.0.0.1:${port}`,
    `<VirtualHost 127.0.0.1:${port}>`,
    ...lines,
    '</VirtualHost>',
  ].join('\n');
}

function apacheTls({ certFile, keyFile }: KeyPair): readonly string[] {
  return [
    'SSLEngine on',
    `SSLCertificateFile ${certFile}`,
    `SSLCertificateKeyFile ${keyFile}`,
    'Protocols h2 http/1.1',
  ];
}

test.concurrent.each(['prefork', 'worker', 'event'] as const)(
  'check-keepalive measures what an Apache %s is configured for',
  async (mpm) => {
    const { caFile, pair } = await certificate();
    const [tls, off, unlimited] = [
      await findFreePort(),
      await findFreePort(),
      await findFreePort(),
    ];
    const apache = keep(
      await startApache({
        mpm,
        maxRequestWorkers: 40,
        keepAliveTimeout: 2,
        maxKeepAliveRequests: 7,
        extraConfig: [
          ...modules,
          apacheHost(tls, [...apacheTls(pair), 'KeepAliveTimeout 1500ms']),
          apacheHost(off, ['KeepAlive Off']),
          apacheHost(unlimited, ['MaxKeepAliveRequests 0', 'KeepAliveTimeout 1']),
        ].join('\n'),
      }),
    );
    const { result, latenessSeconds } = await measureLateness(() =>
      Promise.all([
        checkUrl(apache.url),
        checkUrl(`https://localhost:${tls}/`, { caFile }),
        checkUrl(`http://127.0.0.1:${off}/`),
        checkUrl(`http://127.0.0.1:${unlimited}/`),
      ]),
    );
    const [plain, secure, closing, endless] = result;
    const expectIdleTimeout = ({ idle }: KeepaliveReport, seconds: number) =>
      expectAbout(idle.idleTimeoutSeconds, seconds, latenessSeconds);

    expect(plain.reuse).toEqual({
      http11: 'reused',
      http11WithoutHeader: 'reused',
      http10WithHeader: 'reused',
      http10WithoutHeader: 'closed',
      http2: 'unknown',
    });
    expect(plain.promised).toEqual({ timeoutSeconds: 2, requestsLeft: 7 });
    // One more than MaxKeepAliveRequests: the first request is not counted as a kept-alive one.
    expect(plain.requests).toEqual({ requestsPerConnection: 8, closeAnnounced: true });
    expectIdleTimeout(plain, 2);
    expect(plain.idle).toMatchObject({ closedWith: 'fin', lateRequest: 'ignored' });
    expect(findingsOf(plain, latenessSeconds)).toEqual(['late-request-lost']);

    expectIdleTimeout(secure, 1.5);
    expect(secure.tls).toEqual({
      version: 'TLSv1.3',
      sessionResumed: true,
      // mod_http2 serves no HTTP/2 under prefork.
      http2: mpm !== 'prefork',
    });
    expect(secure.reuse.http2).toBe(mpm === 'prefork' ? 'unknown' : 'reused');
    // mod_http2 does not know MaxKeepAliveRequests.
    expect(secure.http2Requests).toEqual(mpm === 'prefork' ? undefined : { moreThanRequests: 30 });
    expect(secure.times.tlsResumedSeconds).toBeGreaterThan(0);

    expect(closing.reuse).toMatchObject({ http11: 'closed', http10WithHeader: 'closed' });
    expect(closing.findings.map(({ id }) => id)).toEqual(['not-reused']);

    expect(endless.requests).toEqual({ moreThanRequests: 30 });
    expectIdleTimeout(endless, 1);
  },
);

test.concurrent('check-keepalive measures what an nginx is configured for', async () => {
  const { caFile, pair } = await certificate();
  const [tls, off, lying] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const nginx = keep(
    await startNginx({
      workerProcesses: 1,
      workerConnections: 256,
      keepaliveTimeout: 1,
      extraServer: 'keepalive_requests 9;',
      extraHttp: `
  server { listen 127.0.0.1:${tls} ssl http2; keepalive_timeout 2s;
    keepalive_requests 11; location / { return 200 ok; }
    ssl_certificate ${pair.certFile}; ssl_certificate_key ${pair.keyFile}; }
  server { listen 127.0.0.1:${off}; keepalive_timeout 0; return 200 ok; }
  server { listen 127.0.0.1:${lying}; keepalive_timeout 1s 30s; return 200 ok; }`,
    }),
  );
  const { result, latenessSeconds } = await measureLateness(() =>
    Promise.all([
      checkUrl(nginx.url),
      checkUrl(`https://localhost:${tls}/`, { caFile }),
      checkUrl(`http://127.0.0.1:${off}/`),
      checkUrl(`http://127.0.0.1:${lying}/`),
    ]),
  );
  const [plain, secure, closing, promising] = result;
  expectAbout(plain.idle.idleTimeoutSeconds, 1, latenessSeconds);
  expect(plain.idle).toMatchObject({ closedWith: 'fin', lateRequest: 'reset' });
  expect(plain.requests).toEqual({ requestsPerConnection: 9, closeAnnounced: true });
  expect(plain.promised).toBeUndefined();

  expectAbout(secure.idle.idleTimeoutSeconds, 2, latenessSeconds);
  expectAbout(secure.idle.http2IdleTimeoutSeconds, 2, latenessSeconds);
  expect(secure.requests).toEqual({ requestsPerConnection: 11, closeAnnounced: true });
  expect(secure.http2Requests).toEqual({ requestsPerConnection: 11, closeAnnounced: true });
  // nginx 1.22 offers TLS 1.3 only when ssl_protocols says so.
  expect(secure.tls).toEqual({ version: 'TLSv1.2', sessionResumed: true, http2: true });

  expect(closing.reuse.http11).toBe('closed');
  expect(promising.promised).toEqual({ timeoutSeconds: 30 });
  expect(findingsOf(promising, latenessSeconds)).toEqual([
    'idle-shorter-than-promised',
    'late-request-lost',
  ]);
});

test.concurrent('check-keepalive names the link that breaks reuse', async () => {
  const origin = keep(
    await startApache({ mpm: 'event', maxRequestWorkers: 50, extraConfig: 'KeepAlive Off' }),
  );
  const kept = keep(
    await startApache({ mpm: 'event', maxRequestWorkers: 50, keepAliveTimeout: 1 }),
  );
  const [second, closing] = [await findFreePort(), await findFreePort()];
  const front = keep(
    await startNginx({
      workerProcesses: 1,
      workerConnections: 256,
      keepaliveTimeout: 2,
      extraServer: `location / { proxy_pass ${origin.url}; }`,
      extraHttp: `
  server { listen 127.0.0.1:${second}; location / { proxy_pass ${kept.url}; } }
  server { listen 127.0.0.1:${closing}; keepalive_timeout 0; location / { proxy_pass ${kept.url}; } }`,
    }),
  );
  const check = async (frontUrl: string, originUrl: string) => {
    const both = await Promise.all([checkUrl(frontUrl), checkUrl(originUrl)]);
    return compareLinks(...both).findings.map(({ id }) => id);
  };
  const frontOf = (port: number) => `http://127.0.0.1:${port}/`;
  const [broken, late, closed] = await Promise.all([
    check(front.url, origin.url),
    check(frontOf(second), kept.url),
    check(frontOf(closing), kept.url),
  ]);
  expect(broken).toEqual(['origin-breaks-reuse']);
  expect(late).toEqual(['origin-closes-first', 'origin-needs-http11']);
  expect(closed).toEqual(['front-breaks-reuse', 'origin-needs-http11']);
});

test('a file of certificates that cannot be read is a failure of the check', async () => {
  const directory = await keepTempDirectory('certificates');
  const caFile = join(directory, 'ca.pem');
  expect((await checkUrl('https://localhost/', { caFile })).failure).toMatch(/ENOENT/);
  await writeFile(caFile, 'not a certificate');
  expect((await checkUrl('https://localhost/', { caFile })).failure).toBeDefined();
});

test('SIGINT ends the command with what is known', async () => {
  const nginx = keep(await startNginx({ workerProcesses: 1, workerConnections: 64 }));
  const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
  const child = spawn(process.execPath, [main, 'check-keepalive', nginx.url, '--output=json']);
  let stdout = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    if (String(text).includes('wait for the server to close')) child.kill('SIGINT');
  });
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  const { reports, findings } = JSON.parse(stdout);
  expect(reports[0].reuse.http11).toBe('reused');
  expect(findings).toMatchObject([{ id: 'stopped' }]);
});
