import { connect, createServer, Server, type Socket } from 'node:net';

/**
 * A child process of `held-connections.ts`. It accepts connections on a listening socket that it receives, or opens
 * connections to a port. 20,000 connections need 40,000 descriptors, and the limit of one process is often 20,000.
 */
export type ChildOrder =
  | { readonly kind: 'accept' }
  | { readonly kind: 'open'; readonly port: number; readonly count: number };

const burst = 200;

async function open(port: number, count: number): Promise<void> {
  for (let opened = 0; opened < count; opened += burst) {
    const size = Math.min(burst, count - opened);
    await Promise.all(Array.from({ length: size }, (_, index) => openOne(port, index)));
  }
}

/** Several loopback addresses, because one does not have enough ephemeral ports. */
function openOne(port: number, index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: `127.0.0.${1 + (index % 8)}` });
    socket.once('connect', () => resolve()).once('error', reject);
  });
}

process.on('message', (order: ChildOrder, handle: unknown) => {
  if (order.kind === 'open') {
    void open(order.port, order.count).then(() => process.send?.('ready'));
    return;
  }
  if (!(handle instanceof Server)) throw new Error('accept: no listening socket was received');
  createServer((socket) => socket.on('error', () => undefined)).listen(handle, () =>
    process.send?.('ready'),
  );
});
