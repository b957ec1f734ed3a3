import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCompleteResponse } from './http-response.ts';

export interface VisitorOptions {
  readonly port: number;
  readonly host?: string;
  readonly everyMs?: number;
  /** An answer that comes later is none: nobody waits for it. */
  readonly withinMs?: number;
  /** Whether a visitor waits until the one before has left: on a slow machine several would fill a small server. */
  readonly oneByOne?: 'on' | 'off';
  /** No more than this many visits, so that a forgotten one cannot load the machine. */
  readonly atMost?: number;
}

/** In milliseconds of performance.now(). */
export interface Visit {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly answered: boolean;
}

/** What visitors met in a span of time: all of them answered, none of them, some, or there was none. */
export type Truth = 'served' | 'starving' | 'mixed' | 'unknown';

export interface FreshVisitors {
  /** The visits that have ended, in the order of their ends. */
  visits(): readonly Visit[];
  /** Whether the last visits, three by default, all ended so. */
  lately(answered: boolean, count?: number): boolean;
  /** Resolves when the visits that are under way now have ended. */
  settle(): Promise<void>;
  /** No new visits; resolves when those under way have ended and every socket is closed. */
  stop(): Promise<void>;
}

/** The truth about a server: every 200 ms a new TCP connection asks for a page, and is answered in a second or not. */
export function startFreshVisitors(options: VisitorOptions): FreshVisitors {
  const { everyMs = 200, atMost = 6000, oneByOne = 'off' } = options;
  const ended: Visit[] = [];
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const visiting = (async () => {
    for (let count = 0; count < atMost && !stopping.signal.aborted; count++) {
      const one: Promise<void> = visit(options).then((seen) => {
        ended.push(seen);
        underWay.delete(one);
      });
      underWay.add(one);
      if (oneByOne === 'on') await one;
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    visits: () => ended,
    lately: (answered, count = 3) =>
      ended.length >= count && ended.slice(-count).every((seen) => seen.answered === answered),
    settle: async () => void (await Promise.all(underWay)),
    async stop() {
      stopping.abort();
      await visiting;
      await Promise.all(underWay);
    },
  };
}

/** Of the visits that were under way at any moment of the span. */
export function truthBetween(visits: readonly Visit[], from: number, to: number): Truth {
  const seen = visits.filter(({ startedAt, endedAt }) => startedAt <= to && endedAt >= from);
  if (seen.length === 0) return 'unknown';
  if (seen.every(({ answered }) => answered)) return 'served';
  return seen.some(({ answered }) => answered) ? 'mixed' : 'starving';
}

async function visit({
  port,
  host = '127.0.0.1',
  withinMs = 1000,
}: VisitorOptions): Promise<Visit> {
  const startedAt = performance.now();
  const socket = connect({ port, host });
  const answered = await isAnswered(socket, withinMs);
  const endedAt = performance.now();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.destroy();
  if (!socket.closed) await closed;
  return { startedAt, endedAt, answered };
}

function isAnswered(socket: Socket, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), withinMs);
    const end = (answered: boolean) => {
      clearTimeout(timer);
      resolve(answered);
    };
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      received += text;
      if (isCompleteResponse(received)) end(/^HTTP\/1\.1 200 /.test(received));
    });
    socket.on('error', () => end(false));
    socket.on('close', () => end(false));
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
  });
}
