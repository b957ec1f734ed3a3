import { longestTimeoutSeconds } from '../derive/gap-state.ts';
import { listWords } from '../parse/nearest-word.ts';
import { err, ok, type Result } from '../result.ts';
import type { AdvisedServer } from '../snapshot/advice.ts';
import { type CommandFlags, type CommandFlagTable, outputFlag } from './command-flags.ts';
import { readAmount, readBytes, readHttpUrl, readSeconds, readWhole } from './read-quantity.ts';

const advisedServers = [
  'apache',
  'prefork',
  'worker',
  'event',
  'nginx',
] as const satisfies readonly AdvisedServer[];

export const adviseFlags = {
  'config.file': {
    value: 'FILE',
    help: 'Ask the exporter that runs with this configuration, for each of its targets.',
  },
  'exporter.url': {
    value: 'URL',
    help: 'Where it runs: http://localhost:9921 by default; user:password@ is sent as Basic.',
  },
  log: {
    value: 'FILE',
    multiple: true,
    help: 'Access log, plain or gzip; may be repeated, in any order.',
  },
  format: {
    value: 'FORMAT',
    help: 'Format of the logs: an nginx log_format, an Apache LogFormat, or json. It must tell connections.',
  },
  server: {
    value: 'SERVER',
    oneOf: advisedServers,
    help: 'What wrote the log; apache is taken for prefork or worker.',
  },
  slots: {
    value: 'N',
    help: 'MaxRequestWorkers; for nginx worker_processes x worker_connections.',
  },
  timeout: {
    value: 'DURATION',
    help: "Keep-alive timeout while the log was written; without it the server's default, 5s or 75s.",
  },
  'idle-slots': {
    value: 'N',
    help: 'Mean keep-alive slots measured over the time of the log, where they are known.',
  },
  'slot-memory': { value: 'SIZE', help: 'Memory of one worker, such as 48MiB (its PSS).' },
  memory: { value: 'SIZE', help: 'Memory that more workers could take, such as 2GiB.' },
  'async-factor': { value: 'N', default: '2', help: 'AsyncRequestWorkerFactor of event.' },
  'threads-per-child': { value: 'N', default: '25', help: 'ThreadsPerChild of worker and event.' },
  'least-traffic': {
    value: 'DURATION',
    default: '10m',
    help: 'Less traffic than this, or fewer than 200 connections, gives no advice.',
  },
  output: outputFlag,
} as const satisfies CommandFlagTable;

export interface AdviseQuestion {
  readonly paths: readonly string[];
  readonly format: string;
  readonly server: AdvisedServer;
  readonly timeoutSeconds: number;
  readonly isDefaultTimeout: boolean;
  readonly leastSeconds: number;
  readonly figures: Figures;
}

/** Of these each may be unknown. */
interface Figures {
  readonly slots?: number;
  readonly meanIdleSlots?: number;
  readonly workerBytes?: number;
  readonly availableBytes?: number;
  readonly asyncFactor?: number;
  readonly threadsPerChild?: number;
}

export interface RunningQuestion {
  /** Absent: all targets of the exporter. */
  readonly configFile?: string;
  readonly url: URL;
}

/** Whether the running exporter is asked; in words what is wrong with the flags. */
export function readRunningQuestion(
  flags: CommandFlags<typeof adviseFlags>,
): Result<RunningQuestion | undefined, string> {
  const [configFile] = flags['config.file'] ?? [];
  const [address] = flags['exporter.url'] ?? [];
  if (configFile === undefined && address === undefined) return ok(undefined);
  if (flags.log !== undefined) return err('--log does not go with --config.file: give one of them');
  const url = readHttpUrl(address ?? 'http://localhost:9921');
  if (url === undefined) return err(`--exporter.url="${address}": want http://HOST:PORT`);
  return ok({ url, ...(configFile === undefined ? {} : { configFile }) });
}

/** KeepAliveTimeout of httpd and keepalive_timeout of nginx, as delivered. */
const defaultTimeouts = { apache: 5, nginx: 75 };

/** What is asked; in words what is wrong with it. */
export function readAdviseQuestion(
  flags: CommandFlags<typeof adviseFlags>,
): Result<AdviseQuestion, string> {
  const [name = ''] = flags.server ?? [];
  const server = advisedServers.find((known) => known === name);
  if (flags.log === undefined)
    return err(
      'want --log=FILE, an access log, or --config.file=FILE to ask the exporter that runs',
    );
  if (flags.format === undefined)
    return err(
      'want --format=FORMAT, the LogFormat or log_format of the log as the server has it (docs/log-formats.md)',
    );
  if (server === undefined) return err(`--server="${name}": want ${listWords(advisedServers)}`);
  const figures = readFigures(flags);
  if (!figures.ok) return figures;
  const timeout = readTimeout(flags.timeout?.[0]);
  if (!timeout.ok) return err(`--timeout="${flags.timeout?.[0]}": ${timeout.error}`);
  const least = readSeconds(flags['least-traffic']?.[0] ?? '');
  if (!least.ok) return err(`--least-traffic="${flags['least-traffic']?.[0]}": ${least.error}`);
  return ok({
    paths: flags.log,
    format: flags.format[0] ?? '',
    server,
    timeoutSeconds: timeout.value ?? defaultTimeouts[server === 'nginx' ? 'nginx' : 'apache'],
    isDefaultTimeout: timeout.value === undefined,
    leastSeconds: least.value,
    figures: figures.value,
  });
}

/** 0 is keep-alive off. */
function readTimeout(text: string | undefined): Result<number | undefined, string> {
  if (text === undefined) return ok(undefined);
  if (/^0m?s?$/.test(text)) return ok(0);
  const seconds = readSeconds(text);
  return seconds.ok && seconds.value > longestTimeoutSeconds ? err('want 1h at most') : seconds;
}

type Reader = (text: string) => Result<number, string>;

const figureFlags = [
  ['slots', 'slots', readWhole],
  ['meanIdleSlots', 'idle-slots', readAmount],
  ['workerBytes', 'slot-memory', readBytes],
  ['availableBytes', 'memory', readBytes],
  ['asyncFactor', 'async-factor', readAmount],
  ['threadsPerChild', 'threads-per-child', readWhole],
] as const satisfies readonly (readonly [keyof Figures, keyof typeof adviseFlags, Reader])[];

function readFigures(flags: CommandFlags<typeof adviseFlags>): Result<Figures, string> {
  const figures: Partial<Record<keyof Figures, number>> = {};
  for (const [figure, flag, read] of figureFlags) {
    const text = flags[flag]?.[0];
    if (text === undefined) continue;
    const value = read(text);
    if (!value.ok) return err(`--${flag}="${text}": ${value.error}`);
    figures[figure] = value.value;
  }
  return ok(figures);
}
