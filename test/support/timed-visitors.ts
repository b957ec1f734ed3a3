import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../src/derive/seeded-random.ts';
import { present } from '../../src/present.ts';
import { isCompleteResponse } from './http-response.ts';

/** A visitor: when it comes, the pauses before each further request, and how long it stays after the last. */
export interface Visit {
  readonly atSeconds: number;
  readonly gapSeconds: readonly number[];
  /** Infinity for one that leaves closing to the server. */
  readonly staysSeconds: number;
}

export interface VisitPlan {
  readonly seed: number;
  readonly seconds: number;
  readonly visitsPerSecond: number;
  readonly meanRequests: number;
  /** Of the log-normal gaps. */
  readonly medianGapSeconds: number;
  readonly sigma: number;
  readonly longestGapSeconds: number;
  /** Share of visitors that close first, after a time like another gap. */
  readonly closingShare?: number;
  /** So that a run ends soon after its last visitor came. */
  readonly mostGaps?: number;
}

/** The same seed gives the same visitors: they come at random (Poisson), with a geometric number of requests. */
export function planVisits(plan: VisitPlan): readonly Visit[] {
  const random = createRandom(plan.seed);
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const gap = () =>
    Math.min(plan.longestGapSeconds, plan.medianGapSeconds * Math.exp(plan.sigma * normal()));
  const pause = () => -Math.log(1 - random.next()) / plan.visitsPerSecond;
  const { mostGaps = 7 } = plan;
  const visits: Visit[] = [];
  for (let at = 0; at < plan.seconds; at += pause()) {
    const gapSeconds: number[] = [];
    const another = () => gapSeconds.length < mostGaps && random.next() > 1 / plan.meanRequests;
    while (another()) gapSeconds.push(gap());
    const staysSeconds = random.next() < (plan.closingShare ?? 0) ? gap() : Infinity;
    visits.push({ atSeconds: at, gapSeconds, staysSeconds });
  }
  return visits;
}

export interface VisitOptions {
  readonly port: number;
  readonly path?: string;
  /** Ends the visits early: visitors who have not come yet stay away, and the result is an error. */
  readonly signal?: AbortSignal;
}

/** Sends all visitors, each from an address of its own; resolves when the last has its last response. */
export async function sendVisitors(visits: readonly Visit[], options: VisitOptions): Promise<void> {
  const startedAt = performance.now();
  await Promise.all(
    visits.map(async (visit, index) => {
      const waits = Math.max(0, startedAt + visit.atSeconds * 1000 - performance.now());
      await sleep(waits, undefined, present({ signal: options.signal }));
      await makeVisit(visit, options, addressOf(index));
    }),
  );
}

function addressOf(index: number): string {
  return `127.1.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`;
}

async function makeVisit(visit: Visit, options: VisitOptions, localAddress: string): Promise<void> {
  let connection = open(options, localAddress);
  await request(connection);
  for (const seconds of visit.gapSeconds) {
    await sleep(seconds * 1000);
    // The server may close while the request is on its way: a browser sends it again, too.
    if (!connection.ended && (await request(connection))) continue;
    connection = open(options, localAddress);
    await request(connection);
  }
  if (visit.staysSeconds === Infinity) return;
  const { socket } = connection;
  setTimeout(() => socket.destroy(), visit.staysSeconds * 1000).unref();
}

interface Connection {
  readonly socket: Socket;
  readonly path: string;
  ended: boolean;
}

function open({ port, path = '/' }: VisitOptions, localAddress: string): Connection {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  const connection = { socket, path, ended: false };
  const end = () => {
    connection.ended = true;
  };
  socket.on('error', end);
  socket.on('end', end);
  socket.on('close', end);
  return connection;
}

/** Whether the whole response came. */
function request({ socket, path }: Connection): Promise<boolean> {
  return new Promise((resolve) => {
    let received = '';
    const done = (answered: boolean) => {
      socket.off('data', take);
      socket.off('close', fail);
      resolve(answered);
    };
    const fail = () => done(false);
    const take = (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (isCompleteResponse(received)) done(true);
    };
    socket.on('data', take);
    socket.on('close', fail);
    if (socket.destroyed) done(false);
    else socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  });
}
