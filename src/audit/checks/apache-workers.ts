import { type ApacheView, isBefore, mainCount, mainSetting } from '../apache-view.ts';
import { apacheWorkers } from '../apache-workers.ts';
import { type AuditSubject, type Check, type Hit, hitOn } from '../check.ts';
import { firstArg } from '../setting.ts';

/** Checks of the main server of Apache. */
function onApache(find: (view: ApacheView, subject: AuditSubject) => Hit | undefined) {
  return (subject: AuditSubject): readonly Hit[] => {
    const found = subject.apache === undefined ? undefined : find(subject.apache, subject);
    return found === undefined ? [] : [found];
  };
}

const capped: Check = {
  id: 'apache-workers-capped',
  severity: 'error',
  what: 'MaxRequestWorkers is cut by ServerLimit',
  why: 'Apache starts with fewer workers than the file says; only a line in the error log tells (AH00180, AH00513).',
  find: onApache((view) => {
    const { asked, serverLimit, threadsPerChild } = apacheWorkers(view);
    const most = serverLimit * threadsPerChild;
    if (asked <= most) return undefined;
    return hitOn('apache', mainSetting(view, 'MaxRequestWorkers'), {
      advised: `ServerLimit ${Math.ceil(asked / threadsPerChild)}, or MaxRequestWorkers ${most}`,
      fix: [`ServerLimit ${Math.ceil(asked / threadsPerChild)}`],
      detail: `${most} workers count: ServerLimit ${serverLimit} x ${threadsPerChild} threads.`,
    });
  }),
  examples: [
    {
      server: 'apache',
      mpm: 'prefork',
      trigger: 'MaxRequestWorkers 400',
      twin: 'ServerLimit 400\nMaxRequestWorkers 400',
    },
    {
      server: 'apache',
      mpm: 'event',
      trigger: 'ServerLimit 4\nThreadsPerChild 25\nMaxRequestWorkers 150',
      twin: 'ServerLimit 6\nThreadsPerChild 25\nMaxRequestWorkers 150',
    },
  ],
};

const notMultiple: Check = {
  id: 'apache-workers-not-multiple',
  severity: 'warning',
  what: 'MaxRequestWorkers is no multiple of ThreadsPerChild',
  why: 'Apache starts whole processes only and rounds down (AH00512).',
  find: onApache((view) => {
    const { asked, threadsPerChild, workers } = apacheWorkers(view);
    if (asked % threadsPerChild === 0) return undefined;
    const next = Math.ceil(asked / threadsPerChild) * threadsPerChild;
    return hitOn('apache', mainSetting(view, 'MaxRequestWorkers'), {
      advised: `${next}`,
      fix: [`MaxRequestWorkers ${next}`],
      detail: `${workers} workers count, with ${threadsPerChild} threads in each process.`,
    });
  }),
  examples: [
    {
      server: 'apache',
      mpm: 'worker',
      trigger: 'ThreadsPerChild 25\nMaxRequestWorkers 160',
      twin: 'ThreadsPerChild 25\nMaxRequestWorkers 175',
    },
  ],
};

const megabyte = 1024 * 1024;

/** An interpreter inside the process multiplies its memory. */
const interpreters = ['php', 'perl_module', 'wsgi_module', 'passenger_module'];

function assumedProcessBytes({ tree }: ApacheView): number {
  const holds = [...tree.modules].some((module) =>
    interpreters.some((name) => module === name || /^php[57]?_module$/.test(module)),
  );
  return (holds ? 40 : 8) * megabyte;
}

const memory: Check = {
  id: 'apache-prefork-memory',
  severity: 'error',
  what: 'All prefork workers together need more memory than there is',
  why: 'A spike makes the machine swap or the kernel kill processes, long before MaxRequestWorkers is reached. In a container or a unit with a limit, the limit counts, not the memory of the machine.',
  find: onApache((view, { machine }) => {
    const { memoryBytes, processBytes } = machine;
    if (view.mpm !== 'prefork' || memoryBytes === undefined) return undefined;
    const each = processBytes ?? assumedProcessBytes(view);
    const { workers } = apacheWorkers(view);
    if (workers * each <= memoryBytes) return undefined;
    const most = Math.max(1, Math.floor((memoryBytes * 0.8) / each));
    const measured = processBytes === undefined ? 'assumed' : 'measured';
    return hitOn('apache', mainSetting(view, 'MaxRequestWorkers'), {
      advised: `at most ${most}`,
      fix: [`MaxRequestWorkers ${most}`],
      detail: `${workers} x ${mebibytes(each)} MiB (${measured}) against ${mebibytes(memoryBytes)} MiB.`,
    });
  }),
  examples: [
    {
      server: 'apache',
      mpm: 'prefork',
      machine: { memoryBytes: 2048 * megabyte, processBytes: 30 * megabyte },
      trigger: 'MaxRequestWorkers 150',
      twin: 'MaxRequestWorkers 50',
    },
  ],
};

function mebibytes(bytes: number): number {
  return Math.round(bytes / megabyte);
}

/** Most children that Apache makes in a second: MAX_SPAWN_RATE; it doubles from 1. */
const mostSpawned = 32;

/** Seconds until a spike has all processes it may have. */
function growthSeconds(from: number, to: number): number {
  let seconds = 0;
  let rate = 1;
  for (let processes = from; processes < to; processes += rate, seconds += 1) {
    if (seconds > 0) rate = Math.min(rate * 2, mostSpawned);
  }
  return seconds;
}

/** Seconds a spike may take to get all processes, unless a fifth of them is ready. */
const longestGrowth = 5;

const growth: Check = {
  id: 'apache-growth-slow',
  severity: 'info',
  what: 'A spike waits until Apache has started enough processes',
  why: 'Apache starts 1, 2, 4, … up to 32 processes a second. Visitors above what is running wait in the listen queue.',
  find: onApache((view) => {
    const { processes, threadsPerChild } = apacheWorkers(view);
    const isPrefork = view.mpm === 'prefork';
    const spare = mainCount(view, isPrefork ? 'MinSpareServers' : 'MinSpareThreads');
    const ready = Math.max(mainCount(view, 'StartServers'), Math.ceil(spare / threadsPerChild));
    const seconds = growthSeconds(ready, processes);
    if (seconds <= longestGrowth || ready >= processes / 5) return undefined;
    const start = Math.ceil(processes / 4);
    const spareName = isPrefork ? 'MinSpareServers' : 'MinSpareThreads';
    return hitOn('apache', mainSetting(view, 'StartServers'), {
      advised: `StartServers and spare for about ${start} processes`,
      fix: [
        `StartServers ${start}`,
        `${spareName} ${start * threadsPerChild}`,
        ...maxSpare(view, start),
      ],
      detail: `From ${ready} to ${processes} processes takes ${seconds} s.`,
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

function maxSpare(view: ApacheView, start: number): readonly string[] {
  const { threadsPerChild } = apacheWorkers(view);
  const name = view.mpm === 'prefork' ? 'MaxSpareServers' : 'MaxSpareThreads';
  return [`${name} ${start * threadsPerChild * 2}`];
}

const factor: Check = {
  id: 'apache-event-factor',
  severity: 'warning',
  what: 'AsyncRequestWorkerFactor hides where the server is full',
  why: 'Each process accepts ThreadsPerChild + factor x idle threads connections. A high factor accepts visitors that no thread can serve soon; a fraction is cut to a whole number since 2.4.30.',
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
  why: 'Each end closes idle connections of visitors and costs a start; on a busy site this happens every few seconds.',
  find: onApache((view) => {
    const setting = mainSetting(view, 'MaxConnectionsPerChild');
    const { threadsPerChild } = apacheWorkers(view);
    const value = mainCount(view, 'MaxConnectionsPerChild');
    const least = view.mpm === 'prefork' ? 1000 : 1000 * threadsPerChild;
    if (value === 0 || value >= least || setting.isDefault) return undefined;
    return hitOn('apache', setting, {
      advised: `0, or at least ${least}`,
      fix: [`MaxConnectionsPerChild ${least}`],
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

export const apacheWorkerChecks: readonly Check[] = [
  capped,
  notMultiple,
  memory,
  growth,
  factor,
  recycled,
];
