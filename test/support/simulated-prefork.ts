import type { Line } from '../derive/log-lines.ts';
import type { Visit } from './timed-visitors.ts';

export interface SimulatedRun {
  /** The access log, in the order of the ends of the requests. */
  readonly lines: readonly Line[];
  readonly meanIdleSlots: number;
  readonly maxHeld: number;
  readonly reuseRatio: number;
}

export interface SimulatedServer {
  readonly slots: number;
  readonly timeoutSeconds: number;
}

const requestSeconds = 0.002;
/** As often as the watch of a real server looks. */
const sampleSeconds = 0.1;
const startSeconds = Date.UTC(2026, 10, 21, 3) / 1000;

/** A prefork in simulated time: a connection holds its worker until it closes, and the others wait in one queue. */
export function simulatePrefork(visits: readonly Visit[], server: SimulatedServer): SimulatedRun {
  const { slots, timeoutSeconds } = server;
  const clock = createClock();
  const queue: (() => void)[] = [];
  const lines: Line[] = [];
  const seen = { held: 0, idle: 0, idleSeconds: 0, maxHeld: 0, connections: 0, lastEnd: 0 };

  const admit = (): void => {
    while (seen.held < slots && queue.length > 0) {
      seen.held++;
      queue.shift()?.();
    }
  };
  const close = (): void => {
    seen.held--;
    admit();
  };
  const visitWith = (visit: Visit, client: number) => {
    let next = 0;
    const connect = (): void => {
      queue.push(() => {
        seen.connections++;
        request(seen.connections, 1);
      });
      admit();
    };
    const request = (connection: number, number: number): void => {
      clock.in(requestSeconds, () => {
        seen.lastEnd = clock.now;
        const keptOpen = timeoutSeconds > 0 ? 1 : 0;
        const end = startSeconds + clock.now;
        lines.push({ end, seconds: requestSeconds, connection, number, client, keptOpen });
        pause(connection, number);
      });
    };
    const pause = (connection: number, number: number): void => {
      const gap = visit.gapSeconds[next++];
      seen.idle++;
      const isReused = gap !== undefined && gap < timeoutSeconds;
      clock.in(Math.min(gap ?? visit.staysSeconds, timeoutSeconds), () => {
        seen.idle--;
        if (isReused) request(connection, number + 1);
        else close();
      });
      if (gap !== undefined && !isReused) clock.in(gap, connect);
    };
    return connect;
  };
  for (const [client, visit] of visits.entries())
    clock.in(visit.atSeconds, visitWith(visit, client));
  let sampledAt = 0;
  clock.run((seconds) => {
    seen.idleSeconds += seen.idle * seconds;
    for (; sampledAt <= clock.now + seconds; sampledAt += sampleSeconds) {
      seen.maxHeld = Math.max(seen.maxHeld, seen.held);
    }
  });
  return {
    lines,
    meanIdleSlots: seen.idleSeconds / seen.lastEnd,
    maxHeld: seen.maxHeld,
    reuseRatio: (lines.length - seen.connections) / lines.length,
  };
}

interface Event {
  readonly at: number;
  readonly happen: () => void;
}

function createClock() {
  // The latest first, so that the next one is at the end.
  const events: Event[] = [];
  const clock = {
    now: 0,
    in(seconds: number, happen: () => void): void {
      const at = clock.now + seconds;
      let [low, high] = [0, events.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((events[middle]?.at ?? 0) > at) low = middle + 1;
        else high = middle;
      }
      events.splice(low, 0, { at, happen });
    },
    /** @param passes called before each event with the seconds that pass until it */
    run(passes: (seconds: number) => void): void {
      for (let event = events.pop(); event !== undefined; event = events.pop()) {
        passes(event.at - clock.now);
        clock.now = event.at;
        event.happen();
      }
    },
  };
  return clock;
}
