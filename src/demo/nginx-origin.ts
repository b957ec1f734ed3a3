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
export function startNginxOrigin(options: NginxOptions): Promise<Origin> {
  const worker = new NginxWorker(options);
  return listenOrigin({
    statusPath: '/stub_status',
    onConnection: (socket) => worker.accept(socket),
  });
}

class NginxWorker {
  readonly #options: NginxOptions;
  readonly #open = new Set<Socket>();
  /** The one that has been idle for longest first. */
  readonly #idle = new Map<Socket, NodeJS.Timeout>();
  readonly #counts = { accepts: 0, handled: 0, requests: 0, writing: 0 };

  constructor(options: NginxOptions) {
    this.#options = options;
  }

  accept(socket: Socket): void {
    this.#counts.accepts += 1;
    this.#reclaim();
    if (this.#open.size >= this.#options.workerConnections) {
      socket.destroy();
      return;
    }
    this.#counts.handled += 1;
    this.#open.add(socket);
    this.#waitForRequest(socket);
    socket.on('data', (bytes) => this.#answer(socket, bytes));
    socket.once('close', () => this.#open.delete(this.#endIdle(socket)));
  }

  #reclaim(): void {
    const { workerConnections } = this.#options;
    const free = workerConnections - this.#open.size;
    const oldest = this.#idle.keys().next().value;
    if (free <= workerConnections / 16 && oldest !== undefined) this.#endIdle(oldest).destroy();
  }

  #endIdle(socket: Socket): Socket {
    clearTimeout(this.#idle.get(socket));
    this.#idle.delete(socket);
    return socket;
  }

  #waitForRequest(socket: Socket): void {
    const { keepaliveTimeoutMilliseconds } = this.#options;
    this.#idle.set(
      socket,
      setTimeout(() => socket.end(), keepaliveTimeoutMilliseconds),
    );
  }

  #answer(socket: Socket, bytes: Buffer): void {
    this.#endIdle(socket);
    this.#counts.requests += 1;
    this.#counts.writing += 1;
    const { path, keepAlive } = readRequest(bytes);
    const isStatus = path.startsWith('/stub_status');
    const reply = () => {
      const body = isStatus ? this.#renderStatus() : 'A page.\n';
      this.#counts.writing -= 1;
      if (socket.destroyed) return;
      socket.write(renderReply({ body, server: 'nginx/1.22.1 (simulated)', keepAlive }));
      if (keepAlive) this.#waitForRequest(socket);
      else socket.end();
    };
    if (isStatus) reply();
    else setTimeout(reply, this.#options.workMilliseconds);
  }

  #renderStatus(): string {
    return renderStubStatus(this.#counts, this.#open.size, this.#idle.size);
  }
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
