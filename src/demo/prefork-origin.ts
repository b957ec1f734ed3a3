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
export async function startPreforkOrigin(options: PreforkOptions): Promise<Origin> {
  const slots: Letter[] = Array.from({ length: options.maxRequestWorkers }, () => '_');
  const waiting: Socket[] = [];
  const startedAt = Date.now();
  let accesses = 0;

  const seat = (socket: Socket): void => {
    const slot = slots.indexOf('_');
    if (slot === -1) {
      waiting.push(socket);
      return;
    }
    serve(socket, slot);
  };

  const serve = (socket: Socket, slot: number): void => {
    slots[slot] = 'R';
    let idle: NodeJS.Timeout | undefined;
    socket.on('data', (bytes) => {
      clearTimeout(idle);
      slots[slot] = 'W';
      const { path, keepAlive } = readRequest(bytes);
      const answer = () => {
        if (socket.destroyed) return;
        accesses += 1;
        const body = path.startsWith('/server-status') ? page() : 'A page.\n';
        socket.write(renderReply({ body, server: 'Apache/2.4.62 (simulated)', keepAlive }));
        if (!keepAlive) {
          socket.end();
          return;
        }
        slots[slot] = 'K';
        idle = setTimeout(() => socket.end(), options.keepAliveTimeoutMilliseconds);
      };
      if (path.startsWith('/server-status')) answer();
      else setTimeout(answer, options.workMilliseconds);
    });
    socket.once('close', () => {
      clearTimeout(idle);
      slots[slot] = '_';
      const next = waiting.shift();
      if (next !== undefined) seat(next);
    });
    socket.resume();
  };

  const page = () => renderServerStatus({ slots, startedAt, accesses });

  return listenOrigin({
    statusPath: '/server-status?auto',
    onConnection(socket) {
      // Paused until a worker reads it: until then its request stays in the kernel, as with Apache.
      socket.pause();
      socket.once('close', () => {
        const place = waiting.indexOf(socket);
        if (place !== -1) waiting.splice(place, 1);
      });
      seat(socket);
    },
  });
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
