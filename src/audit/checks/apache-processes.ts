import { isBefore, mainCount, mainSetting } from '../apache-view.ts';
import { apacheWorkers } from '../apache-workers.ts';
import { type Check, hitOn } from '../check.ts';
import { firstArg } from '../setting.ts';
import { onApache } from './on-apache.ts';

/** Maximum number of processes that Apache starts in a second (MAX_SPAWN_RATE). The rate starts at 1 and doubles. */
const maxSpawnRate = 32;

/** Seconds until Apache has started the processes that a spike needs. */
function growthSeconds(from: number, to: number): number {
  let seconds = 0;
  let rate = 1;
  for (let processes = from; processes < to; processes += rate, seconds += 1) {
    if (seconds > 0) rate = Math.min(rate * 2, maxSpawnRate);
  }
  return seconds;
}

/** Longer than this is a finding, unless a fifth of the processes is ready. */
const maxGrowthSeconds = 5;

const growth: Check = {
  id: 'apache-growth-slow',
  severity: 'info',
  what: 'Visitors wait in a traffic spike until Apache has started enough processes',
  why: 'Apache starts 1, 2, 4, … up to 32 processes a second. Until then, visitors without a free worker wait in the accept queue.',
  find: onApache((view) => {
    const { processes, threadsPerChild } = apacheWorkers(view);
    // Prefork counts spare processes, the others spare threads.
    const kind = view.mpm === 'prefork' ? 'Servers' : 'Threads';
    const spare = mainCount(view, `MinSpare${kind}`);
    const ready = Math.max(mainCount(view, 'StartServers'), Math.ceil(spare / threadsPerChild));
    const seconds = growthSeconds(ready, processes);
    if (seconds <= maxGrowthSeconds || ready >= processes / 5) return undefined;
    const start = Math.ceil(processes / 4);
    const workers = start * threadsPerChild;
    return hitOn('apache', mainSetting(view, 'StartServers'), {
      advised: `about ${start} processes at the start, and as many spare ones`,
      fix: [
        `StartServers ${start}`,
        `MinSpare${kind} ${workers}`,
        `MaxSpare${kind} ${2 * workers}`,
      ],
      detail: `Growing from ${ready} to ${processes} processes takes ${seconds} s.`,
    });
  }),
  examples: [
    {
      server: 'apache',
      mpm: 'prefork',
      trigger: 'StartServers 5\nMinSpareServers 5\nMaxSpareServers 10\nMaxRequestWorkers 250',
      twin: 'StartServers 63\nMinSpareServers 63\nMaxSpareServers 126\nMaxRequestWorkers 250',
    },
  ],
};

const factor: Check = {
  id: 'apache-event-factor',
  severity: 'warning',
  what: 'AsyncRequestWorkerFactor is too high or not a whole number',
  why: 'Each process accepts ThreadsPerChild + factor x idle threads connections. With a high factor it accepts visitors whom no thread can serve soon, so the server looks less full than it is. Apache 2.4.30 and later round a fraction down.',
  find: onApache((view) => {
    const setting = mainSetting(view, 'AsyncRequestWorkerFactor');
    const value = Number(firstArg(setting));
    const isCut = !Number.isInteger(value) && !isBefore(view.version, '2.4.30');
    if (view.mpm !== 'event' || !(value > 4 || isCut)) return undefined;
    return hitOn('apache', setting, {
      advised: '2, the default',
      fix: ['AsyncRequestWorkerFactor 2'],
    });
  }),
  examples: [
    {
      server: 'apache',
      mpm: 'event',
      trigger: 'AsyncRequestWorkerFactor 10',
      twin: 'AsyncRequestWorkerFactor 2',
    },
    {
      server: 'apache',
      mpm: 'event',
      version: '2.4.62',
      trigger: 'AsyncRequestWorkerFactor 1.5',
      twin: 'AsyncRequestWorkerFactor 1',
    },
  ],
};

const recycled: Check = {
  id: 'apache-children-recycled',
  severity: 'warning',
  what: 'Processes end after few connections',
  why: 'When a process ends, visitors lose their idle connections and Apache must start a new process. On a busy site this happens every few seconds.',
  find: onApache((view) => {
    const setting = mainSetting(view, 'MaxConnectionsPerChild');
    const { threadsPerChild } = apacheWorkers(view);
    const value = mainCount(view, 'MaxConnectionsPerChild');
    const minimum = view.mpm === 'prefork' ? 1000 : 200 * threadsPerChild;
    if (value === 0 || value >= minimum || setting.isDefault) return undefined;
    return hitOn('apache', setting, {
      advised: `0, or at least ${minimum}`,
      fix: [`MaxConnectionsPerChild ${minimum}`],
    });
  }),
  examples: [
    {
      server: 'apache',
      mpm: 'prefork',
      trigger: 'MaxConnectionsPerChild 50',
      twin: 'MaxConnectionsPerChild 10000',
    },
  ],
};

export const apacheProcessChecks: readonly Check[] = [growth, factor, recycled];
