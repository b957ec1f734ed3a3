import { Agent, get } from 'node:http';

export interface IdleWatch {
  /** Keep-alive workers over time, in slot-seconds. */
  readonly idleSlotSeconds: number;
  readonly samples: number;
  /** Samples without a worker for another visitor. */
  readonly fullSamples: number;
  readonly lastIdle: number;
  /** Most workers that were taken at once, besides the one of this watch. */
  readonly mostHeld: number;
  stop(): Promise<void>;
}

const everyMs = 100;

/** Counts the keep-alive workers of an Apache ten times a second, over one connection that holds a worker itself. */
export function watchIdleWorkers(statusUrl: string): IdleWatch {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const watch = { idleSlotSeconds: 0, samples: 0, fullSamples: 0, lastIdle: 0, mostHeld: 0, stop };
  let stopped = false;
  let before = performance.now();
  const running = sample();
  return watch;

  async function sample(): Promise<void> {
    while (!stopped) {
      const board = scoreboardOf(await fetchText(statusUrl, agent));
      const now = performance.now();
      watch.lastIdle = board.split('K').length - 1;
      watch.idleSlotSeconds += (watch.lastIdle * (now - before)) / 1000;
      watch.samples++;
      watch.mostHeld = Math.max(watch.mostHeld, board.replaceAll(/[_.]/g, '').length - 1);
      if (!/[_.]/.test(board)) watch.fullSamples++;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  async function stop(): Promise<void> {
    stopped = true;
    await running.catch(() => undefined);
    agent.destroy();
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
