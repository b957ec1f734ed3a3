import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { isCompleteResponse } from './http-response.ts';
import { waitUntil } from './wait-until.ts';

export interface ClientOptions {
  readonly port: number;
  readonly count: number;
  readonly path?: string;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** The address the clients come from, one of 127.0.0.0/8. */
  readonly localAddress?: string;
}

export interface KeepaliveOptions extends ClientOptions {
  /**
   * How many must have got their response before the clients count as open; all by default. The clients of a full
   * server that wait in its accept queue are connected, but nobody answers them.
   */
  readonly answered?: number;
}

export interface HeldClients {
  readonly sockets: readonly Socket[];
  readonly count: number;
  /** How many have got a complete response so far. */
  answered(): number;
  /** How many the server has not closed so far. */
  open(): number;
  close(): Promise<void>;
}

interface Client {
  readonly socket: Socket;
  received: string;
}

/** Each asks once, reads the whole response, and then holds its connection idle. */
export async function openKeepaliveClients(options: KeepaliveOptions): Promise<HeldClients> {
  const { count, path = '/', answered = count } = options;
  const held = await openTextClients(options, requestFor(path));
  await waitUntil({
    until: `${answered} of ${count} keep-alive clients are answered`,
    holds: () => held.answered() >= answered,
  }).catch(closeAndRethrow(held));
  return held;
}

/** Slowloris: a request line and half a header, and then nothing. */
export function openHalfHeaderClients(options: ClientOptions): Promise<HeldClients> {
  return openTextClients(
    options,
    `GET ${options.path ?? '/'} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: `,
  );
}

/** Each asks for something slow, and waits; see SlowUpstream.inFlight() for how many have got that far. */
export function openBusyClients(options: ClientOptions): Promise<HeldClients> {
  return openTextClients(options, requestFor(options.path ?? '/slow?ms=600000'));
}

/** Connects and sends nothing, as browsers do with the connections they open in advance. */
export function openSilentClients(options: ClientOptions): Promise<HeldClients> {
  return openTextClients(options, '');
}

function requestFor(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n\r\n`;
}

/**
 * Visitors that ask for the end of the connection, get their answer, and do not close: the server has sent its FIN and
 * lingers for theirs, which holds a worker of prefork and worker. A byte now and then keeps it from giving up for up
 * to 30 seconds (MAX_SECS_TO_LINGER in server/connection.c).
 */
export async function openLingeringClients(options: ClientOptions): Promise<HeldClients> {
  const held = await openTextClients(
    options,
    'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
    { allowHalfOpen: true },
  );
  const trickle = setInterval(() => {
    for (const socket of held.sockets) if (socket.writable) socket.write('x');
  }, 500);
  return {
    ...held,
    close: () => {
      clearInterval(trickle);
      return held.close();
    },
  };
}

/** Resolves when every client is connected, as far as the kernel goes, and has sent its text. */
export async function openTextClients(
  options: ClientOptions,
  text: string,
  { allowHalfOpen = false }: { readonly allowHalfOpen?: boolean } = {},
): Promise<HeldClients> {
  const { count } = options;
  const clients = Array.from({ length: count }, () => connectClient(options, allowHalfOpen));
  const sockets = clients.map(({ socket }) => socket);
  const held: HeldClients = {
    sockets,
    count,
    answered: () => clients.filter(({ received }) => isCompleteResponse(received)).length,
    open: () => sockets.filter((socket) => socket.readyState === 'open').length,
    close: async () => void (await Promise.all(sockets.map(closeSocket))),
  };
  await Promise.all(sockets.map((socket) => sendOnce(socket, text))).catch(closeAndRethrow(held));
  return held;
}

function connectClient(
  { port, host = '127.0.0.1', localAddress }: ClientOptions,
  allowHalfOpen: boolean,
): Client {
  const from = localAddress === undefined ? {} : { localAddress };
  const socket = connect({ port, host, allowHalfOpen, ...from });
  const client: Client = { socket, received: '' };
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    client.received += text;
  });
  return client;
}

async function sendOnce(socket: Socket, text: string): Promise<void> {
  await once(socket, 'connect');
  // From here on a reset is the server's way to close: open() tells.
  socket.on('error', () => undefined);
  if (text !== '') await new Promise<void>((resolve) => socket.write(text, () => resolve()));
}

async function closeSocket(socket: Socket): Promise<void> {
  if (socket.closed) return;
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.destroy();
  await closed;
}

function closeAndRethrow(held: HeldClients): (error: unknown) => Promise<never> {
  return async (error) => {
    await held.close();
    throw error;
  };
}
