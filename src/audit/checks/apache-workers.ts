import { type ApacheView, mainSetting } from '../apache-view.ts';
import { apacheWorkers } from '../apache-workers.ts';
import { type Check, hitOn } from '../check.ts';
import { onApache } from './on-apache.ts';

const capped: Check = {
  id: 'apache-workers-capped',
  severity: 'error',
  what: 'ServerLimit reduces MaxRequestWorkers',
  why: 'Apache runs fewer workers than the file asks for. Only a line in the error log shows it (AH00180, AH00513).',
  find: onApache((view) => {
    const { configured, serverLimit, threadsPerChild } = apacheWorkers(view);
    const maximum = serverLimit * threadsPerChild;
    if (configured <= maximum) return undefined;
    return hitOn('apache', mainSetting(view, 'MaxRequestWorkers'), {
      advised: `ServerLimit ${Math.ceil(configured / threadsPerChild)}, or MaxRequestWorkers ${maximum}`,
      fix: [`ServerLimit ${Math.ceil(configured / threadsPerChild)}`],
      detail: `Apache runs ${maximum} workers: ServerLimit ${serverLimit} x ${threadsPerChild} threads.`,
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
  what: 'MaxRequestWorkers is not a multiple of ThreadsPerChild',
  why: 'Apache starts only whole processes, so it rounds the number of workers down (AH00512).',
  find: onApache((view) => {
    const { configured, threadsPerChild, workers } = apacheWorkers(view);
    if (configured % threadsPerChild === 0) return undefined;
    const next = Math.ceil(configured / threadsPerChild) * threadsPerChild;
    return hitOn('apache', mainSetting(view, 'MaxRequestWorkers'), {
      advised: `${next}`,
      fix: [`MaxRequestWorkers ${next}`],
      detail: `Apache runs ${workers} workers, with ${threadsPerChild} threads in each process.`,
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

/** A process with an interpreter in it needs several times the memory. */
const interpreters = ['php', 'perl_module', 'wsgi_module', 'passenger_module'];

function assumedProcessBytes({ tree }: ApacheView): number {
  const hasInterpreter = [...tree.modules].some((module) =>
    interpreters.some((name) => module === name || /^php[57]?_module$/.test(module)),
  );
  return (hasInterpreter ? 40 : 8) * megabyte;
}

const memory: Check = {
  id: 'apache-prefork-memory',
  severity: 'error',
  what: 'The prefork workers together can need more memory than there is',
  why: 'In a traffic spike the machine swaps, or the kernel kills processes, before Apache reaches MaxRequestWorkers. In a container or a unit with a memory limit, the limit applies instead of the memory of the machine.',
  find: onApache((view, { machine }) => {
    const { memoryBytes, processBytes } = machine;
    if (view.mpm !== 'prefork' || memoryBytes === undefined) return undefined;
    const each = processBytes ?? assumedProcessBytes(view);
    const { workers } = apacheWorkers(view);
    if (workers * each <= memoryBytes) return undefined;
    const maximum = Math.max(1, Math.floor((memoryBytes * 0.8) / each));
    const measured = processBytes === undefined ? 'assumed' : 'measured';
    return hitOn('apache', mainSetting(view, 'MaxRequestWorkers'), {
      advised: `at most ${maximum}`,
      fix: [`MaxRequestWorkers ${maximum}`],
      detail: `${workers} x ${mebibytes(each)} MiB (${measured}) is more than the ${mebibytes(memoryBytes)} MiB of the machine.`,
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

export const apacheWorkerChecks: readonly Check[] = [capped, notMultiple, memory];
