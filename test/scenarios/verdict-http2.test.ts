import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createAuthority } from '../support/certificates.ts';
import type { Exposition } from '../support/exposition.ts';
import { findFreePort } from '../support/free-port.ts';
import { openStreams } from '../support/http2-streams.ts';
import { keep, keepOpen, keepTempDirectory } from '../support/keep.ts';
import { startNginx } from '../support/real-nginx.ts';
import { waitUntil } from '../support/wait-until.ts';
import { expectServedAndSaidSo, type WatchedTarget, watchTarget } from '../support/watch-target.ts';

async function startHttp2(workerConnections: number) {
  const authority = createAuthority(await keepTempDirectory('certificates'));
  const { certFile, keyFile } = authority.issue('nginx', 'IP:127.0.0.1');
  const tlsPort = await findFreePort();
  const nginx = keep(
    await startNginx({
      workerProcesses: 1,
      workerConnections,
      // The syntax of Debian's nginx 1.22; `http2 on` is 1.25's.
      extraServer: [
        `listen 127.0.0.1:${tlsPort} ssl http2;`,
        `ssl_certificate ${certFile};`,
        `ssl_certificate_key ${keyFile};`,
        'location = /drip.bin { limit_rate 64; }',
      ].join('\n'),
    }),
  );
  await writeFile(join(nginx.documentRoot, 'drip.bin'), 'x'.repeat(100_000));
  const watched = await watchTarget(
    `{name: edge, server: nginx, status_url: "${nginx.statusUrl}", capacity: {config_file: "${nginx.configFile}"}}`,
  );
  await watched.until(0);
  return { nginx, watched, tlsPort, authority: authority.pem };
}

/** The states of the slots, their sum, and the limit they must sum to. */
function slotsOf(exposition: Exposition) {
  const samples = exposition.samples('webserver_slots');
  return {
    inUse: exposition.sum('webserver_slots') - exposition.sum('webserver_slots', { state: 'free' }),
    lowest: Math.min(...samples.map(({ value }) => value)),
    sum: exposition.sum('webserver_slots'),
  };
}

async function readWithStreams(watched: WatchedTarget): Promise<Exposition> {
  const exposition = await watched.read();
  expect(exposition.value('webserver_exhausted')).toBe(0);
  return exposition;
}

test.concurrent('nginx: 100 streams on one connection are requests, and take one slot', async () => {
  const { nginx, watched, tlsPort, authority } = await startHttp2(64);
  const streams = { port: tlsPort, count: 100, path: '/drip.bin', authority };
  const held = keepOpen(await openStreams(streams));
  await waitUntil({ until: 'all streams have begun', holds: () => held.begun() === 100 });
  await expectServedAndSaidSo(watched, nginx.port);
  const exposition = await readWithStreams(watched);
  // That connection, our poll, and perhaps a visitor that has just left.
  expect(slotsOf(exposition)).toMatchObject({ sum: 64, inUse: expect.toBeOneOf([2, 3]) });
  expect(slotsOf(exposition).lowest).toBeGreaterThanOrEqual(0);
  expect(
    exposition.sum('webserver_requests_in_progress', { state: 'writing' }),
  ).toBeGreaterThanOrEqual(100);
});

test.concurrent('nginx: 100 streams to a slow upstream take a slot each for the upstream, and one for the client', async () => {
  const { nginx, watched, tlsPort, authority } = await startHttp2(256);
  keepOpen(await openStreams({ port: tlsPort, count: 100, path: '/slow?ms=600000', authority }));
  await waitUntil({
    until: 'all requests are at the upstream',
    holds: () => nginx.slowUpstream.inFlight() === 100,
  });
  const exposition = await readWithStreams(watched);
  expect(slotsOf(exposition).sum).toBe(256);
  expect(
    exposition.sum('webserver_requests_in_progress', { state: 'writing' }),
  ).toBeGreaterThanOrEqual(100);
});
