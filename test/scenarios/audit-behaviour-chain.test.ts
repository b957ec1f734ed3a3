import { afterAll, describe, expect, test } from 'vitest';
import { auditOf, findingsOf, openIdle } from '../support/audited-behaviour.ts';
import { httpGet } from '../support/http-get.ts';
import { isStopped, listProcessGroup } from '../support/process-group.ts';
import { startApache } from '../support/real-apache.ts';
import { type RealNginx, startNginx } from '../support/real-nginx.ts';
import { connectionsTo, hasUnread } from '../support/tcp-table.ts';
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
    const pool = upstreamTimeout === '' ? 'kept' : 'emptied';
    const codes = await postsBeforeAndAcross(nginx, { apachePort: apache.port, pool });
    return { codes, fixes: findings.map(({ fix }) => fix.join()) };
  }

  /** The codes of the first POST, and of one that came while nginx had a connection in its pool, or none. */
  async function postsBeforeAndAcross(
    nginx: RealNginx,
    { apachePort, pool }: { readonly apachePort: number; readonly pool: 'kept' | 'emptied' },
  ): Promise<readonly (string | undefined)[]> {
    const visitor = await openIdle(nginx.port, 'any.example');
    const post = 'POST /server-status HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n';
    const statuses = () => visitor.received().match(/^HTTP\/1\.1 \d+/gm) ?? [];
    const answers = (count: number) =>
      waitUntil({ until: `${count} answers`, holds: () => statuses().length === count });
    const worker = listProcessGroup(nginx.pid).find((pid) => pid !== nginx.pid) ?? 0;
    const inPool = () => connectionsTo(apachePort);
    let count = 1;
    for (let isAcross = false; !isAcross; ) {
      visitor.socket.write(post);
      await answers(++count);
      if (pool === 'emptied') {
        await waitUntil({ until: 'the pool is empty', holds: () => inPool().length === 0 });
      }
      // A worker that is busy elsewhere for a moment: the request lies in its socket first, then Apache's close.
      process.kill(worker, 'SIGSTOP');
      await waitUntil({ until: 'the worker has stopped', holds: () => isStopped(worker) });
      visitor.socket.write(post);
      await waitUntil({ until: 'nginx has the request', holds: () => hasUnread(nginx.port) });
      // Apache may have been quicker on a slow machine: then the same again.
      isAcross = pool === 'emptied' || inPool().includes('established');
      if (pool === 'kept') {
        const isClosed = () => !inPool().includes('established');
        await waitUntil({ until: 'Apache has closed its end', holds: isClosed });
      }
      process.kill(worker, 'SIGCONT');
      await answers(++count);
    }
    visitor.socket.destroy();
    return [statuses()[1], statuses().at(-1)].map((line) => line?.slice(9));
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
  const other = httpGet(apache.statusUrl).then(() => {
    answered = true;
  });
  for (let at = 0; at < 5; at++) expect((await ask()).status).toBe(200);
  expect(answered).toBe(false);
  await nginx.stop();
  await other;
  expect(answered).toBe(true);
});
