import type { AdvisedServer } from '../snapshot/advice.ts';
import type { Choice } from './choose-timeout.ts';

/** Defaults of the MPMs (mpm_default.h). */
const preforkServerLimit = 256;
const threadedServerLimit = 16;
const defaultThreadsPerChild = 25;

interface DirectiveOptions {
  readonly server: AdvisedServer;
  readonly todaySeconds: number | undefined;
  readonly threadsPerChild?: number;
}

/** The directives of a choice; empty when nothing changes. */
export function renderDirectives(
  { kind, advised, slots }: Choice,
  options: DirectiveOptions,
): readonly string[] {
  if (kind === 'none' || kind === 'keep' || advised === undefined) return [];
  const { server, todaySeconds } = options;
  const { timeoutSeconds } = advised;
  const render = server === 'nginx' ? nginxTimeout : apacheTimeout;
  const timeout = timeoutSeconds === todaySeconds ? [] : render(timeoutSeconds);
  return [...timeout, ...(slots === undefined ? [] : slotDirectives(slots, options))];
}

function nginxTimeout(seconds: number): readonly string[] {
  return [`keepalive_timeout ${durationOf(seconds, 's')};`];
}

function apacheTimeout(seconds: number): readonly string[] {
  if (seconds === 0) return ['KeepAlive Off'];
  return ['KeepAlive On', `KeepAliveTimeout ${durationOf(seconds, '')}`];
}

/** Both servers accept whole seconds, and milliseconds with their unit. */
function durationOf(seconds: number, unit: 's' | ''): string {
  return Number.isInteger(seconds) ? `${seconds}${unit}` : `${Math.round(seconds * 1000)}ms`;
}

function slotDirectives(
  slots: number,
  { server, threadsPerChild = defaultThreadsPerChild }: Omit<DirectiveOptions, 'todaySeconds'>,
): readonly string[] {
  if (server === 'nginx') return [`# worker_processes x worker_connections: at least ${slots}`];
  if (server === 'worker' || server === 'event') {
    const processes = Math.ceil(slots / threadsPerChild);
    const limit = processes > threadedServerLimit ? [`ServerLimit ${processes}`] : [];
    return [...limit, `MaxRequestWorkers ${processes * threadsPerChild}`];
  }
  const limit = slots > preforkServerLimit ? [`ServerLimit ${slots}`] : [];
  return [...limit, `MaxRequestWorkers ${slots}`];
}
