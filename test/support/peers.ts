import { requireBinary } from './find-binary.ts';
import { findFreePort } from './free-port.ts';
import { answersOk } from './http-get.ts';
import { startProcess } from './processes.ts';

/** Another exporter in front of the same server, for comparison. */
export interface Peer {
  readonly metricsUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface PeerOptions {
  readonly statusUrl: string;
}

/** Debian's prometheus-apache-exporter (0.12 in Debian 12). */
export function startApachePeer({ statusUrl }: PeerOptions): Promise<Peer> {
  return startPeer('prometheus-apache-exporter', (address) => [
    `--telemetry.address=${address}`,
    `--scrape_uri=${statusUrl}`,
  ]);
}

/** Debian's prometheus-nginx-exporter (0.11 in Debian 12), whose flags have one dash. */
export function startNginxPeer({ statusUrl }: PeerOptions): Promise<Peer> {
  return startPeer('prometheus-nginx-exporter', (address) => [
    `-web.listen-address=${address}`,
    `-nginx.scrape-uri=${statusUrl}`,
  ]);
}

async function startPeer(name: string, argsFor: (address: string) => string[]): Promise<Peer> {
  const address = `127.0.0.1:${await findFreePort()}`;
  const peer = await startProcess({
    command: requireBinary(name),
    args: argsFor(address),
    // Not /metrics: that would scrape the server, and hold one of its slots, before the test begins.
    isReady: () => answersOk(`http://${address}/`),
  });
  return { metricsUrl: `http://${address}/metrics`, pid: peer.pid, stop: peer.stop };
}
