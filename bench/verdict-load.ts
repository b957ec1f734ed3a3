import { setMaxListeners } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApache } from '../test/support/real-apache.ts';
import { startNginx } from '../test/support/real-nginx.ts';
import type { Episode, Phase, VerdictServer } from './verdict-plan.ts';

export interface LoadedServer {
  readonly port: number;
  /** For the configuration of the exporter. */
  readonly target: string;
  reload(): Promise<void>;
  stop(): Promise<void>;
}

const bigFile = { path: '/big.bin', bytes: 8 * 1024 * 1024 };

export async function startLoadedServer(
  server: VerdictServer,
  episode: Episode,
): Promise<LoadedServer> {
  if (server === 'nginx') return startLoadedNginx(episode);
  const { slots, threadsPerChild, backlog } = episode;
  const apache = await startApache({
    mpm: server,
    maxRequestWorkers: slots,
    threadsPerChild,
    // No spare entries in the scoreboard, so that a restart with long requests fills it.
    serverLimit: server === 'prefork' ? slots : slots / threadsPerChild,
    extraConfig: `ListenBackLog ${backlog}`,
  });
  await writeFile(join(apache.documentRoot, 'big.bin'), Buffer.alloc(bigFile.bytes));
  return {
    port: apache.port,
    target: `{name: bench, server: apache, status_url: "${apache.statusUrl}", error_logs: [{path: "${apache.errorLog}"}]}`,
    reload: apache.graceful,
    stop: apache.stop,
  };
}

async function startLoadedNginx({ slots, backlog }: Episode): Promise<LoadedServer> {
  const nginx = await startNginx({ workerProcesses: 1, workerConnections: slots, backlog });
  await writeFile(join(nginx.documentRoot, 'big.bin'), Buffer.alloc(bigFile.bytes));
  return {
    port: nginx.port,
    target: `{name: bench, server: nginx, status_url: "${nginx.statusUrl}", capacity: {config_file: "${nginx.configFile}"}, error_logs: [{path: "${nginx.errorLog}"}]}`,
    reload: nginx.reload,
    stop: nginx.stop,
  };
}

interface Behaviour {
  readonly path: string;
  /** Sends half a request, a whole one, or one whose response it does not read. */
  readonly sends: 'half' | 'whole' | 'unread';
  /** When another client replaces this one. Default: at the end of the phase. */
  readonly staysMs?: number;
}

/** Called when a client of the load requested a page and was closed without a byte: it is a visitor as well. */
export type OnTurnedAway = () => void;

/** Makes the load of one phase. Resolves when it is over and every connection is closed. */
export async function runPhase(
  server: LoadedServer,
  phase: Phase,
  onTurnedAway: OnTurnedAway,
): Promise<void> {
  const ends = AbortSignal.timeout(phase.seconds * 1000);
  // Each client adds a listener, and there may be a hundred.
  setMaxListeners(0, ends);
  const clients = holdClients({ port: server.port, phase, ends, onTurnedAway });
  if (phase.kind === 'reloads') await reloadUntil(server, ends);
  await clients;
}

async function reloadUntil(server: LoadedServer, ends: AbortSignal): Promise<void> {
  while (!ends.aborted) {
    await pause(1000, ends);
    // A server without room for a new process cannot confirm the restart: the next phase continues without it.
    if (ends.aborted) return;
    await Promise.race([server.reload().catch(() => undefined), pause(3_600_000, ends)]);
  }
}

interface Load {
  readonly port: number;
  readonly phase: Phase;
  readonly ends: AbortSignal;
  readonly onTurnedAway: OnTurnedAway;
}

async function holdClients({ port, phase, ends, onTurnedAway }: Load): Promise<void> {
  const behaviour = behaviourOf(phase);
  await Promise.all(
    Array.from({ length: phase.clients }, async (_, index) => {
      // Not all in one millisecond, which real visitors never do.
      await pause(index * 5, ends);
      while (!ends.aborted) {
        const turnedAway = await holdOne(port, behaviour, ends);
        if (turnedAway) onTurnedAway();
      }
    }),
  );
}

function behaviourOf({ kind, seconds }: Phase): Behaviour {
  const slow = `/slow?ms=${seconds * 1000 + 2000}`;
  switch (kind) {
    case 'half_header_flood':
      return { path: '/', sends: 'half' };
    case 'slow_clients':
      return { path: bigFile.path, sends: 'unread' };
    case 'burst':
      return { path: '/', sends: 'whole', staysMs: 300 };
    case 'slow_upstream':
      return { path: '/slow?ms=4000', sends: 'whole', staysMs: 4100 };
    case 'reloads':
      return { path: slow, sends: 'whole' };
    default:
      return { path: '/', sends: 'whole' };
  }
}

/**
 * One connection, until its time or the phase is over, or the server closes it. Returns whether the server closed it
 * without a byte.
 */
async function holdOne(port: number, behaviour: Behaviour, ends: AbortSignal): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined);
  if (behaviour.sends === 'unread') socket.pause();
  else socket.resume();
  socket.write(requestOf(behaviour));
  const closes = new AbortController();
  const stop = AbortSignal.any([ends, closes.signal]);
  void closed.then(() => closes.abort());
  await pause(behaviour.staysMs ?? 3_600_000, stop);
  const turnedAway = closes.signal.aborted && socket.bytesRead === 0;
  await closeOf(socket, closed);
  // A client that the server closed tries again, but not a thousand times a second.
  if (!ends.aborted) await pause(50, ends);
  return turnedAway;
}

async function closeOf(socket: Socket, closed: Promise<void>): Promise<void> {
  socket.destroy();
  await closed;
}

function requestOf({ path, sends }: Behaviour): string {
  const head = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n`;
  return sends === 'half' ? `${head}X-Slow: ` : `${head}\r\n`;
}

function pause(milliseconds: number, until: AbortSignal): Promise<void> {
  return sleep(milliseconds, undefined, { signal: until }).catch(() => undefined);
}
