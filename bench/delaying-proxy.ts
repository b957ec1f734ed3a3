import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listenOnFreePort } from '../test/support/listen-on-free-port.ts';
import { buildStoppable, type Stoppable } from '../test/support/stoppable.ts';

export interface DelayingProxyOptions {
  readonly targetPort: number;
  readonly roundTripMilliseconds: number;
}

export interface DelayingProxy extends Stoppable {
  readonly port: number;
  /** Number of connections so far. */
  connections(): number;
}

/** A TCP proxy to a port of this machine that adds the given round-trip time. */
export function startDelayingProxy(options: DelayingProxyOptions): Promise<DelayingProxy> {
  return buildStoppable(async (defer) => {
    const open = new Set<Socket>();
    let connections = 0;
    // One side may end while the other still sends.
    const server = createServer({ allowHalfOpen: true }, (client) => {
      connections++;
      const origin = connect({
        port: options.targetPort,
        host: '127.0.0.1',
        allowHalfOpen: true,
      });
      for (const socket of [client, origin]) {
        open.add(socket);
        socket.setNoDelay(true);
        socket.on('close', () => open.delete(socket));
        // Either end may reset. The stream of the other end then ends.
        socket.on('error', () => socket.destroy());
      }
      link(client, origin, options);
    });
    const port = await listenOnFreePort(server);
    defer(async () => {
      for (const socket of open) socket.destroy();
      server.close();
    });
    return { port, connections: () => connections };
  });
}

/** The handshake with the proxy takes no time. Over the real distance, the first byte would leave one round trip later. */
function link(
  client: Socket,
  origin: Socket,
  { roundTripMilliseconds: trip }: DelayingProxyOptions,
) {
  const connectedAt = performance.now() + trip;
  forward(client, origin, { delay: trip / 2, notBefore: connectedAt });
  forward(origin, client, { delay: trip / 2, notBefore: 0 });
}

/** Each chunk arrives half a round trip after it was sent, in order, and the end of the stream after the last one. */
function forward(
  from: Socket,
  to: Socket,
  { delay, notBefore }: { readonly delay: number; readonly notBefore: number },
): void {
  let last: Promise<unknown> = Promise.resolve();
  const later = (act: () => void): void => {
    const arrivesAt = Math.max(performance.now(), notBefore) + delay;
    last = last.then(() => sleep(Math.max(0, arrivesAt - performance.now()))).then(act);
  };
  from.on('data', (chunk) => later(() => to.destroyed || to.write(chunk)));
  from.on('end', () => later(() => to.end()));
  from.on('close', () => later(() => to.destroy()));
}
