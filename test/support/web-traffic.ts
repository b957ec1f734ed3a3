import { once } from 'node:events';
import { connect } from 'node:net';
import {
  openBusyClients,
  openHalfHeaderClients,
  openSilentClients,
  openTextClients,
} from './held-clients.ts';
import { requestsOnOneConnection } from './requests-on-one-connection.ts';
import type { SlowUpstream } from './slow-upstream.ts';
import { waitUntil } from './wait-until.ts';

/** What the log of a server must add up to after some traffic. */
export interface TrafficCounts {
  /** By method, code and protocol: `GET 200 HTTP/1.1`. */
  readonly responses: Map<string, number>;
  /** For each connection that asked for anything how many requests it made. */
  readonly connections: number[];
  aborts: number;
  timeoutsBeforeRequest: number;
  timeoutsInRequest: number;
}

export interface Site {
  readonly port: number;
  /** Where the server soon loses its patience with half a request; a slow machine needs it to have more elsewhere. */
  readonly impatientPort: number;
  readonly slowUpstream: SlowUpstream;
  readonly server: 'nginx' | 'apache';
}

/** For Apache to see that a client gave up, the answer must not fit into the buffers of the kernel. */
export const bigFile = { path: '/big.bin', bytes: 64 * 1024 * 1024 };

export function createTrafficCounts(): TrafficCounts {
  return {
    responses: new Map(),
    connections: [],
    aborts: 0,
    timeoutsBeforeRequest: 0,
    timeoutsInRequest: 0,
  };
}

export function totalLines({ responses }: TrafficCounts): number {
  return [...responses.values()].reduce((sum, count) => sum + count, 0);
}

/** Requests of every kind, one kind after the other; resolves when the server has done with all of them. */
export async function makeTraffic(site: Site, counts: TrafficCounts, size: number): Promise<void> {
  const { port } = site;
  // Opened in advance and never used: no server logs a line for such a client that leaves before the server closes it.
  const silent = await openSilentClients({ port, count: size });
  const url = `http://127.0.0.1:${port}/`;
  counts.connections.push(
    ...(await requestsOnOneConnection({ url, count: 5 * size })),
    ...(await requestsOnOneConnection({ url, count: 2, method: 'HEAD' })),
    ...(await requestsOnOneConnection({ url: `${url}missing`, count: 1 })),
  );
  await askInHttp10(port);
  add(counts, 'GET 200 HTTP/1.1', 5 * size);
  add(counts, 'HEAD 200 HTTP/1.1', 2);
  add(counts, 'GET 404 HTTP/1.1');
  add(counts, 'GET 200 HTTP/1.0');
  counts.connections.push(1);
  await (site.server === 'nginx' ? giveUpOnSlowPages : giveUpOnBigFile)(site, size);
  add(counts, site.server === 'nginx' ? 'GET 499 HTTP/1.1' : 'GET 200 HTTP/1.1', size);
  counts.aborts += size;
  counts.connections.push(...Array.from({ length: size }, () => 1));
  await silent.close();
}

/** Clients that send part of a request and wait until the server has lost its patience, which it logs as 408. */
export async function stallInRequests(site: Site, counts: TrafficCounts): Promise<void> {
  const { impatientPort: port, server } = site;
  const stalled = [
    await openHalfHeaderClients({ port, count: 3 }),
    await openTextClients({ port, count: 2 }, 'GET / HT'),
  ];
  await waitUntil({
    until: 'the server has closed all half requests',
    holds: () => stalled.every((clients) => clients.open() === 0),
  });
  add(counts, 'GET 408 HTTP/1.1', 3);
  counts.timeoutsInRequest += 3;
  counts.connections.push(1, 1, 1);
  // nginx logs as much of a request line as it has got, Apache none of it.
  if (server === 'apache') return addTimeoutsBeforeRequest(counts, 2);
  add(counts, 'GET 408 other', 2);
  counts.timeoutsInRequest += 2;
  counts.connections.push(1, 1);
}

function addTimeoutsBeforeRequest(counts: TrafficCounts, count: number): void {
  if (count === 0) return;
  add(counts, 'none 408 none', count);
  counts.timeoutsBeforeRequest += count;
  counts.connections.push(...Array.from({ length: count }, () => 1));
}

function add({ responses }: TrafficCounts, response: string, count = 1): void {
  responses.set(response, (responses.get(response) ?? 0) + count);
}

async function askInHttp10(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.end('GET / HTTP/1.0\r\n\r\n');
  await once(socket.resume(), 'close');
}

async function giveUpOnSlowPages({ port, slowUpstream }: Site, count: number): Promise<void> {
  const givingUp = await openBusyClients({ port, count });
  await waitUntil({
    until: `${count} slow pages are under way`,
    holds: () => slowUpstream.inFlight() === count,
  });
  await givingUp.close();
  await waitUntil({
    until: 'nginx has given up too',
    holds: () => slowUpstream.inFlight() === 0,
  });
}

async function giveUpOnBigFile({ port }: Site, count: number): Promise<void> {
  for (let client = 0; client < count; client++) {
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET ${bigFile.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    await once(socket, 'data');
    socket.pause();
    socket.resetAndDestroy();
  }
}
