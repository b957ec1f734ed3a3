import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { deriveConfigFigures } from '../../src/audit/config-figures.ts';
import {
  answerHeaders,
  askTimes,
  auditOf,
  chromeOfMac,
  findingsOf,
  safariOfMac,
  startCountingBackend,
} from '../support/audited-behaviour.ts';
import { startNginx } from '../support/real-nginx.ts';
import { requestsOnOneConnection } from '../support/requests-on-one-connection.ts';

const stops: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

describe('what the audit says of nginx is what nginx does', () => {
  test('connections to the backend, and requests of a connection', async () => {
    const backend = await startCountingBackend();
    stops.push(backend.stop);
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
    const audit = await auditOf({ nginx: nginx.configFile });
    const wanted = [
      ['/lost', 'nginx-connection-header-lost', 'location /lost'],
      ['/old', 'nginx-proxy-http-1-0', 'location /old'],
      ['/close', 'nginx-connection-header-close', 'location /close'],
      ['/poolless', 'nginx-upstream-no-keepalive', 'upstream poolless'],
    ] as const;
    const lines = (await readFile(nginx.configFile, 'utf8')).split('\n');
    for (const [path, id, words] of wanted) {
      const places = findingsOf(audit, id).map(({ at }) => lines[at.line - 1]);
      expect(places, id).toContainEqual(expect.stringContaining(words));
      await askTimes(`${nginx.url}${path}`, 4);
      expect(backend.connectionsOf(path), path).toBe(4);
    }
    for (const { at } of audit.report.findings)
      expect(lines[at.line - 1]).not.toContain('location /kept');
    await askTimes(`${nginx.url}/kept`, 4);
    expect(backend.connectionsOf('/kept')).toBe(1);

    expect(findingsOf(audit, 'nginx-keepalive-disable')).toHaveLength(1);
    const answers = [safariOfMac, chromeOfMac].map((agent) =>
      answerHeaders(`${nginx.url}/stub_status`, { headers: { 'User-Agent': agent } }),
    );
    expect((await Promise.all(answers)).map(({ connection }) => connection)).toEqual([
      'close',
      'keep-alive',
    ]);

    const limit = deriveConfigFigures(audit.subject)?.keepaliveRequests?.value ?? 0;
    expect(limit).toBe(3);
    const requests = await requestsOnOneConnection({ url: `${nginx.url}/stub_status`, count: 6 });
    expect(requests).toEqual([limit, limit]);
  });
});
