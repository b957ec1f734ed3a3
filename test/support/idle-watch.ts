import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';

/** What a server holds at a moment. */
interface Held {
  readonly idle: number;
  readonly all: number;
  /** Another visitor would wait; nginx closes idle connections instead. */
  readonly isFull: boolean;
  /** And that is not due to a busy machine, on which a server that has room takes connections late, too. */
  readonly isSurelyFull: boolean;
}

export interface IdleWatch {
  /** Idle slots over time. */
  readonly idleSlotSeconds: number;
  /** Samples in which the server was full. */
  readonly fullSamples: number;
  readonly surelyFullSamples: number;
  readonly maxHeld: number;
  readonly lastIdle: number;
  stop(): Promise<void>;
}

const everyMs = 100;

/** The keep-alive workers of a prefork, over one connection that holds a worker itself. */
export function watchIdleWorkers(statusUrl: string): IdleWatch {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const look = async (): Promise<Held> => {
    // The server may close the connection just as it is used again; the second time it is a new one.
    const page = await fetchText(statusUrl, agent).catch(() => fetchText(statusUrl, agent));
    const board = scoreboardOf(page);
    const taken = board.replaceAll(/[_.]/g, '').length;
    const idle = board.split('K').length - 1;
    const isFull = taken === board.length;
    return { idle, all: taken - 1, isFull, isSurelyFull: isFull };
  };
  return watch(look, () => agent.destroy());
}

/** So long the queue was never empty: three samples, or two where the machine leaves time for no more. */
const fullAfterMs = 1.9 * everyMs;
/** So many samples in a row on time: on a busy machine a server that has room takes connections late, too. */
const onTimeWanted = 3;
/** A sample that comes so late, itself, shows how busy the machine is. */
const lateMs = 1.5 * everyMs;

/**
 * The connections of a server whose requests take no time: all of them are idle. It is full when it leaves connections
 * in the kernel's queue.
 */
export function watchConnections(port: number): IdleWatch {
  const local = ` [0-9A-F]+:${port.toString(16).toUpperCase().padStart(4, '0')} \\S+ `;
  const established = new RegExp(`${local}01 `, 'g');
  const listening = new RegExp(`${local}0A [0-9A-F]+:([0-9A-F]+) `);
  let queuedSince: number | undefined;
  let onTimeFor = 0;
  let lookedAt = performance.now();
  const look = (): Promise<Held> => {
    const now = performance.now();
    onTimeFor = now - lookedAt > lateMs ? 0 : onTimeFor + 1;
    lookedAt = now;
    const table = readFileSync('/proc/net/tcp', 'latin1');
    const queued = Number.parseInt(listening.exec(table)?.[1] ?? '0', 16);
    const idle = (table.match(established)?.length ?? 0) - queued;
    queuedSince = queued > 0 ? (queuedSince ?? now) : undefined;
    const isFull = queuedSince !== undefined && now - queuedSince >= fullAfterMs;
    const isSurelyFull = isFull && onTimeFor >= onTimeWanted;
    return Promise.resolve({ idle, all: idle, isFull, isSurelyFull });
  };
  return watch(look, () => undefined);
}

/** Looks ten times a second until it is stopped. */
function watch(look: () => Promise<Held>, close: () => void): IdleWatch {
  const counts = { idleSlotSeconds: 0, fullSamples: 0, surelyFullSamples: 0 };
  const seen = { ...counts, maxHeld: 0, lastIdle: 0, stop };
  let stopped = false;
  let before = performance.now();
  const running = sample();
  return seen;

  async function sample(): Promise<void> {
    while (!stopped) {
      const { idle, all, isFull, isSurelyFull } = await look();
      const now = performance.now();
      seen.lastIdle = idle;
      seen.idleSlotSeconds += (idle * (now - before)) / 1000;
      seen.maxHeld = Math.max(seen.maxHeld, all);
      if (isFull) seen.fullSamples++;
      if (isSurelyFull) seen.surelyFullSamples++;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  async function stop(): Promise<void> {
    stopped = true;
    await running.catch(() => undefined);
    close();
  }
}

function scoreboardOf(page: string): string {
  return /^Scoreboard: (.*)$/m.exec(page)?.[1] ?? '';
}

function fetchText(url: string, agent: Agent): Promise<string> {
  // As the exporter's own polls, which are no visitors.
  const headers = { 'User-Agent': 'keepalive-exporter/test' };
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}
