import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, type KeyPair } from '../test/support/certificates.ts';
import { findFreePort } from '../test/support/free-port.ts';
import { startApache } from '../test/support/real-apache.ts';
import { startNginx } from '../test/support/real-nginx.ts';
import { createTempDirectory } from '../test/support/temp-directory.ts';
import { startDelayingProxy } from './delaying-proxy.ts';
import { loadPage } from './load-page.ts';
import { printTable } from './measure.ts';
import { hasOwnNetwork, runInOwnNetwork, sentSegments } from './own-network.ts';

const roundTripMilliseconds = 50;
const connections = 3;
const objects = Array.from({ length: 18 }, (_, i) => `/object-${i}.txt`);
const objectBytes = 8192;
const loads = 5;

const servers = ['Apache', 'nginx'] as const;

interface Case {
  readonly server: (typeof servers)[number];
  readonly tls: boolean;
  readonly keepAlive: boolean;
}

interface Measured {
  readonly milliseconds: number;
  readonly connections: number;
  /** Absent if other processes share the network. */
  readonly packets?: number;
}

/** A page with 18 objects over 3 connections from 50 ms away: keep-alive on and off, side by side. */
export async function run(): Promise<void> {
  if (!hasOwnNetwork() && (await runInOwnNetwork('page-load'))) return;
  const rows: string[][] = [
    ['', 'TLS', 'off ms', 'on ms', 'off/on', 'off conns', 'on conns', 'off packets', 'on packets'],
  ];
  const { path, remove } = await createTempDirectory('page-load');
  try {
    const keys = createAuthority(path).issue('127.0.0.1', 'IP:127.0.0.1');
    for (const server of servers) {
      for (const tls of [false, true]) {
        const off = await measure({ server, tls, keepAlive: false }, keys);
        const on = await measure({ server, tls, keepAlive: true }, keys);
        rows.push(rowOf({ server, tls }, off, on));
      }
    }
  } finally {
    await remove();
  }
  process.stdout.write(
    `${objects.length} objects of ${objectBytes} bytes over ${connections} connections, round trip ${roundTripMilliseconds} ms, median of ${loads} loads\n`,
  );
  printTable(rows);
}

function rowOf({ server, tls }: Pick<Case, 'server' | 'tls'>, off: Measured, on: Measured) {
  return [
    server,
    tls ? 'yes' : 'no',
    off.milliseconds.toFixed(0),
    on.milliseconds.toFixed(0),
    (off.milliseconds / on.milliseconds).toFixed(2),
    String(off.connections),
    String(on.connections),
    String(off.packets ?? '-'),
    String(on.packets ?? '-'),
  ];
}

async function measure(wanted: Case, keys: KeyPair): Promise<Measured> {
  const tlsPort = await findFreePort();
  const server = await startServer(wanted, { keys, tlsPort });
  try {
    for (const path of ['/page.html', ...objects]) {
      await writeFile(join(server.documentRoot, path), 'x'.repeat(objectBytes));
    }
    const targetPort = wanted.tls ? tlsPort : server.port;
    const proxy = await startDelayingProxy({ targetPort, roundTripMilliseconds });
    try {
      const scheme = wanted.tls ? 'https' : 'http';
      const url = new URL(`${scheme}://127.0.0.1:${proxy.port}/page.html`);
      // The first load fills the caches of the server.
      await loadPage({ url, objects, connections });
      return await measureLoads(url, proxy.connections);
    } finally {
      await proxy.stop();
    }
  } finally {
    await server.stop();
  }
}

async function measureLoads(url: URL, countConnections: () => number): Promise<Measured> {
  const [connectionsBefore, segmentsBefore] = [countConnections(), sentSegments()];
  const times: number[] = [];
  for (let i = 0; i < loads; i++) times.push(await loadPage({ url, objects, connections }));
  const middle = times.sort((a, b) => a - b)[Math.floor(loads / 2)] ?? Number.NaN;
  const opened = (countConnections() - connectionsBefore) / loads;
  if (!hasOwnNetwork()) return { milliseconds: middle, connections: opened };
  // Each packet is sent twice: to the proxy and from it.
  const packets = Math.round((sentSegments() - segmentsBefore) / 2 / loads);
  return { milliseconds: middle, connections: opened, packets };
}

interface TlsPlace {
  readonly keys: KeyPair;
  readonly tlsPort: number;
}

function startServer({ server, keepAlive }: Case, { keys, tlsPort }: TlsPlace) {
  if (server === 'nginx') {
    return startNginx({
      workerProcesses: 1,
      workerConnections: 256,
      keepaliveTimeout: keepAlive ? 5 : 0,
      extraServer: `listen 127.0.0.1:${tlsPort} ssl;
    ssl_certificate ${keys.certFile};
    ssl_certificate_key ${keys.keyFile};`,
    });
  }
  return startApache({
    mpm: 'event',
    maxRequestWorkers: 50,
    keepAliveTimeout: 5,
    extraConfig: `KeepAlive ${keepAlive ? 'On' : 'Off'}
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
Listen 127.0.0.1:${tlsPort}
<VirtualHost 127.0.0.1:${tlsPort}>
  SSLEngine on
  SSLCertificateFile "${keys.certFile}"
  SSLCertificateKeyFile "${keys.keyFile}"
</VirtualHost>`,
  });
}
