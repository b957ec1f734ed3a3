import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { auditOf, findingsOf, openIdle } from '../support/audited-behaviour.ts';
import { httpGet } from '../support/http-get.ts';
import { listProcessGroup } from '../support/process-group.ts';
import { startApache } from '../support/real-apache.ts';
import { type RealNginx, startNginx } from '../support/real-nginx.ts';
import { waitUntil } from '../support/wait-until.ts';

const stops: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

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
    const audit = await auditOf({ apache: apache.configFile, nginx: nginx.configFile });
    const findings = findingsOf(audit, 'chain-idle-race');
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
    const advised = 'keepalive_timeout 500ms;';
    const [long, short] = await Promise.all([postAcrossClose(''), postAcrossClose(advised)]);
    expect(long).toEqual({ codes: ['404', '502'], fixes: [advised] });
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
  const audit = await auditOf({ apache: apache.configFile, nginx: nginx.configFile });
  expect(findingsOf(audit, 'chain-pool-fills-backend')).toMatchObject([
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
