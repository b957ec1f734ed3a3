import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type Audit, type AuditRequest, auditFiles } from '../../src/pipeline/audit-files.ts';
import type { Finding } from '../../src/snapshot/audit.ts';
import { testVersions } from './audit-example.ts';
import { httpGet } from './http-get.ts';
import { waitUntil } from './wait-until.ts';

/** Audits the files of servers that run. */
export async function auditOf(
  files: AuditRequest['files'],
  chain: AuditRequest['chain'] = {},
): Promise<Audit> {
  const done = await auditFiles({
    files,
    versions: testVersions,
    machine: { cpuCount: 1 },
    chain,
  });
  if (!done.ok) throw new Error(done.error);
  return done.value;
}

export function findingsOf({ report }: Audit, id: string): readonly Finding[] {
  return report.findings.filter((finding) => finding.id === id);
}

/** A backend that tells how many connections the requests of each path came on. */
export async function startCountingBackend() {
  const connections = new Map<string, Set<Socket>>();
  const server = createServer((asked, response) => {
    const path = asked.url ?? '';
    connections.set(path, (connections.get(path) ?? new Set()).add(asked.socket));
    response.end('x');
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    connectionsOf: (path: string) => connections.get(path)?.size ?? 0,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
export const safariOfMac = `${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15`;
export const chromeOfMac = `${mac} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36`;

export async function askTimes(url: string, count: number): Promise<void> {
  for (let at = 0; at < count; at++) await httpGet(url);
}

export function answerHeaders(url: string, options: { readonly headers?: Record<string, string> }) {
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
export async function openIdle(
  port: number,
  host: string,
  options: { allowHalfOpen?: boolean } = {},
) {
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
