import { afterAll, describe, expect, test } from 'vitest';
import { deriveConfigFigures } from '../../src/audit/config-figures.ts';
import type { Finding } from '../../src/snapshot/audit.ts';
import {
  answerHeaders,
  askTimes,
  auditOf,
  findingsOf,
  openIdle,
  safariOfMac,
  startCountingBackend,
} from '../support/audited-behaviour.ts';
import { httpGet } from '../support/http-get.ts';
import { startApache } from '../support/real-apache.ts';
import { requestsOnOneConnection } from '../support/requests-on-one-connection.ts';
import { waitUntil } from '../support/wait-until.ts';

const stops: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

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
      const audit = await auditOf({ apache: apache.configFile });
      expect(findingsOf(audit, id)[0]?.what).toContain(`runs ${workers} workers`);
      const page = (await httpGet(apache.statusUrl)).body;
      expect(/^Scoreboard: (\S+)$/m.exec(page)?.[1]).toHaveLength(workers);
      const limit = deriveConfigFigures(audit.subject)?.keepaliveRequests?.value ?? 0;
      const requests = await requestsOnOneConnection({ url: `${apache.url}/`, count: 3 * limit });
      // Apache does not count the first one.
      expect(requests.slice(0, 2)).toEqual([limit + 1, limit + 1]);
    },
  );

  test('nokeepalive, virtual hosts, and pools to the backend', async () => {
    const backend = await startCountingBackend();
    stops.push(backend.stop);
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
        '  KeepAliveTimeout 300',
        '</VirtualHost>',
      ].join('\n'),
    });
    stops.push(apache.stop);
    const audit = await auditOf({ apache: apache.configFile });

    const [nokeepalive] = findingsOf(audit, 'apache-nokeepalive-modern');
    expect(nokeepalive?.effective).toContain('Safari');
    const safari = { headers: { 'User-Agent': safariOfMac } };
    expect(await answerHeaders(apache.url, safari)).toMatchObject({ connection: 'close' });
    expect(await answerHeaders(apache.url, {})).not.toMatchObject({ connection: 'close' });

    for (const path of ['reused', 'disabled', 'matched'])
      await askTimes(`${apache.url}/${path}`, 4);
    expect(findingsOf(audit, 'apache-proxy-disablereuse').map(lineText)).toEqual([
      // The harness has one of its own.
      expect.stringContaining('/slow'),
      expect.stringContaining('/disabled'),
    ]);
    expect(findingsOf(audit, 'apache-proxy-no-enablereuse').map(lineText)).toEqual([
      expect.stringContaining('(matched)'),
    ]);
    expect(
      ['reused', 'disabled', 'matched'].map((path) => backend.connectionsOf(`/${path}`)),
    ).toEqual([1, 4, 4]);

    expect(findingsOf(audit, 'apache-vhost-timeout-ignored')).toMatchObject([
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
    const audit = await auditOf({ apache: apache.configFile });
    expect(findingsOf(audit, 'apache-header-connection')).toHaveLength(1);
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
    const audit = await auditOf({ apache: apache.configFile }, { frontTimeoutSeconds: 60 });
    expect(findingsOf(audit, 'chain-idle-race')).toMatchObject([
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
