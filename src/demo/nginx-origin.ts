import type { Socket } from 'node:net';
import { listenOrigin, type Origin, readRequest, renderReply } from './origin.ts';

export interface NginxOptions {
  readonly workerConnections: number;
  readonly keepaliveTimeoutMilliseconds: number;
  readonly workMilliseconds: number;
}

/**
 * A simulation of the connections of one nginx worker: an idle keep-alive client holds a connection, and when only 1/16
 * of the connections is free, the one that has been idle for longest is closed.
 */
export async function startNginxOrigin(options: NginxOptions): Promise<Origin> {
  const open = new Set<Socket>();
  /** The one that has been idle for longest first. */
  const idle = new Map<Socket, NodeJS.Timeout>();
  const counts = { accepts: 0, handled: 0, requests: 0, writing: 0 };

  const reclaim = (): void => {
    const free = options.workerConnections - open.size;
    const oldest = idle.keys().next().value;
    if (free <= options.workerConnections / 16 && oldest !== undefined) forget(oldest).destroy();
  };

  const forget = (socket: Socket): Socket => {
    clearTimeout(idle.get(socket));
    idle.delete(socket);
    return socket;
  };

  const waitForRequest = (socket: Socket): void => {
    idle.set(
      socket,
      setTimeout(() => socket.end(), options.keepaliveTimeoutMilliseconds),
    );
  };

  const answer = (socket: Socket, bytes: Buffer): void => {
    forget(socket);
    counts.requests += 1;
    counts.writing += 1;
    const { path, keepAlive } = readRequest(bytes);
    const isStatus = path.startsWith('/stub_status');
    const reply = () => {
      const body = isStatus ? renderStubStatus(counts, open.size, idle.size) : 'A page.\n';
      counts.writing -= 1;
      if (socket.destroyed) return;
      socket.write(renderReply({ body, server: 'nginx/1.22.1 (simulated)', keepAlive }));
      if (keepAlive) waitForRequest(socket);
      else socket.end();
    };
    if (isStatus) reply();
    else setTimeout(reply, options.workMilliseconds);
  };

  return listenOrigin({
    statusPath: '/stub_status',
    onConnection(socket) {
      counts.accepts += 1;
      reclaim();
      if (open.size >= options.workerConnections) {
        socket.destroy();
        return;
      }
      counts.handled += 1;
      open.add(socket);
      waitForRequest(socket);
      socket.on('data', (bytes) => answer(socket, bytes));
      socket.once('close', () => open.delete(forget(socket)));
    },
  });
}

interface Counts {
  readonly accepts: number;
  readonly handled: number;
  readonly requests: number;
  readonly writing: number;
}

function renderStubStatus(
  { accepts, handled, requests, writing }: Counts,
  active: number,
  waiting: number,
): string {
  return [
    `Active connections: ${active} `,
    'server accepts handled requests',
    ` ${accepts} ${handled} ${requests} `,
    `Reading: 0 Writing: ${writing} Waiting: ${waiting} `,
    '',
  ].join('\n');
}
