import type { Socket } from 'node:net';
import { listenOrigin, type Origin, readRequest, renderReply } from './origin.ts';

export interface PreforkOptions {
  readonly maxRequestWorkers: number;
  readonly keepAliveTimeoutMilliseconds: number;
  /** Time a worker spends on a page. */
  readonly workMilliseconds: number;
}

type Letter = '_' | 'R' | 'W' | 'K';

/**
 * A simulation of the slots of a prefork Apache: a connection, idle or not, holds a worker from its acceptance to its
 * end, and visitors beyond MaxRequestWorkers wait. Its status page says that it is simulated.
 */
export function startPreforkOrigin(options: PreforkOptions): Promise<Origin> {
  const server = new PreforkServer(options);
  return listenOrigin({
    statusPath: '/server-status?auto',
    onConnection: (socket) => server.accept(socket),
  });
}

class PreforkServer {
  readonly #options: PreforkOptions;
  readonly #slots: Letter[];
  readonly #waiting: Socket[] = [];
  readonly #startedAt = Date.now();
  #accesses = 0;

  constructor(options: PreforkOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.maxRequestWorkers }, () => '_');
  }

  accept(socket: Socket): void {
    // Paused until a worker reads it: until then its request stays in the kernel, as with Apache.
    socket.pause();
    socket.once('close', () => {
      const place = this.#waiting.indexOf(socket);
      if (place !== -1) this.#waiting.splice(place, 1);
    });
    this.#seat(socket);
  }

  #seat(socket: Socket): void {
    const slot = this.#slots.indexOf('_');
    if (slot === -1) this.#waiting.push(socket);
    else this.#serve(socket, slot);
  }

  #serve(socket: Socket, slot: number): void {
    this.#slots[slot] = 'R';
    let idle: NodeJS.Timeout | undefined;
    socket.on('data', (bytes) => {
      clearTimeout(idle);
      this.#slots[slot] = 'W';
      const { path, keepAlive } = readRequest(bytes);
      const isStatus = path.startsWith('/server-status');
      const answer = () => {
        if (socket.destroyed) return;
        this.#accesses += 1;
        const body = isStatus ? this.#renderStatus() : 'A page.\n';
        socket.write(renderReply({ body, server: 'Apache/2.4.62 (simulated)', keepAlive }));
        if (!keepAlive) {
          socket.end();
          return;
        }
        this.#slots[slot] = 'K';
        idle = setTimeout(() => socket.end(), this.#options.keepAliveTimeoutMilliseconds);
      };
      if (isStatus) answer();
      else setTimeout(answer, this.#options.workMilliseconds);
    });
    socket.once('close', () => {
      clearTimeout(idle);
      this.#slots[slot] = '_';
      const next = this.#waiting.shift();
      if (next !== undefined) this.#seat(next);
    });
    socket.resume();
  }

  #renderStatus(): string {
    return renderServerStatus({
      slots: this.#slots,
      startedAt: this.#startedAt,
      accesses: this.#accesses,
    });
  }
}

function renderServerStatus({
  slots,
  startedAt,
  accesses,
}: {
  readonly slots: readonly Letter[];
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly accesses: number;
}): string {
  const idleWorkers = slots.filter((letter) => letter === '_').length;
  const uptime = Math.floor((Date.now() - startedAt) / 1000);
  return [
    'simulated.example',
    'ServerVersion: Apache/2.4.62 (simulated by keepalive-exporter demo)',
    'ServerMPM: prefork',
    `RestartTime: ${new Date(startedAt).toUTCString()}`,
    'ParentServerConfigGeneration: 1',
    'ParentServerMPMGeneration: 0',
    `ServerUptimeSeconds: ${uptime}`,
    `Total Accesses: ${accesses}`,
    `Uptime: ${uptime}`,
    `BusyWorkers: ${slots.length - idleWorkers}`,
    `IdleWorkers: ${idleWorkers}`,
    `Scoreboard: ${slots.join('')}`,
    '',
  ].join('\n');
}
