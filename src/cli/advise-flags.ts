import { longestTimeoutSeconds } from '../derive/gap-state.ts';
import { listWords } from '../parse/nearest-word.ts';
import { present } from '../present.ts';
import { err, ok, type Result } from '../result.ts';
import type { AdvisedServer } from '../snapshot/advice.ts';
import { defaultKeepaliveSeconds } from '../snapshot/log-source.ts';
import {
  type CommandArguments,
  type CommandFlags,
  type CommandFlagTable,
  outputFlag,
} from './command-flags.ts';
import { type ReadNumber, readNumbers } from './read-numbers.ts';
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
    help: 'Ask the running exporter about the targets of this configuration.',
  },
  'exporter.url': {
    value: 'URL',
    help: 'Address of the running exporter, http://localhost:9921 by default; user:password@ is sent as basic authentication.',
  },
  log: {
    value: 'FILE',
    multiple: true,
    help: 'Access log, plain or gzip; may be repeated, in any order. Arguments without a flag are access logs, too.',
  },
  format: {
    value: 'FORMAT',
    help: 'Format of the logs: an nginx log_format, an Apache LogFormat, or json. It must identify connections.',
  },
  server: {
    value: 'SERVER',
    oneOf: advisedServers,
    help: 'The server that wrote the log; apache means prefork or worker.',
  },
  slots: {
    value: 'N',
    help: 'MaxRequestWorkers; with nginx worker_processes x worker_connections.',
  },
  timeout: {
    value: 'DURATION',
    help: 'Keep-alive timeout while the log was written. Default: that of the server, 5s or 75s.',
  },
  'idle-slots': {
    value: 'N',
    help: 'Mean number of keep-alive slots held by idle clients during the log, if it was measured.',
  },
  'slot-memory': { value: 'SIZE', help: 'Memory of one worker, such as 48MiB (its PSS).' },
  memory: { value: 'SIZE', help: 'Memory that is free for more workers, such as 2GiB.' },
  'async-factor': { value: 'N', default: '2', help: 'AsyncRequestWorkerFactor of event.' },
  'threads-per-child': { value: 'N', default: '25', help: 'ThreadsPerChild of worker and event.' },
  'least-traffic': {
    value: 'DURATION',
    default: '10m',
    help: 'Minimum traffic for an advice; it also needs 200 connections.',
  },
  output: outputFlag,
} as const satisfies CommandFlagTable;

export interface AdviseQuestion {
  readonly paths: readonly string[];
  readonly format: string;
  readonly server: AdvisedServer;
  readonly timeoutSeconds: number;
  readonly isDefaultTimeout: boolean;
  readonly minimumSeconds: number;
  readonly figures: Figures;
}

/** Each of them may be unknown. */
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

/** The question for a running exporter; undefined when the flags do not ask one. An error names the wrong flag. */
export function readRunningQuestion({
  flags,
  operands,
}: CommandArguments<typeof adviseFlags>): Result<RunningQuestion | undefined, string> {
  const [configFile] = flags['config.file'] ?? [];
  const [address] = flags['exporter.url'] ?? [];
  if (configFile === undefined && address === undefined) return ok(undefined);
  if (flags.log !== undefined || operands.length > 0)
    return err('--log cannot be combined with --config.file or --exporter.url: give one of them');
  const url = readHttpUrl(address ?? 'http://localhost:9921');
  if (url === undefined) return err(`--exporter.url="${address}": want http://HOST:PORT`);
  return ok({ url, ...present({ configFile }) });
}

/** The question about access logs. An error names the wrong flag. */
export function readAdviseQuestion({
  flags,
  operands,
}: CommandArguments<typeof adviseFlags>): Result<AdviseQuestion, string> {
  // A pattern such as --log access.log* gives the flag the first file only.
  const paths = [...(flags.log ?? []), ...operands];
  const [name = ''] = flags.server ?? [];
  const server = advisedServers.find((known) => known === name);
  if (paths.length === 0)
    return err('give --log=FILE, an access log, or --config.file=FILE to ask the running exporter');
  if (flags.format === undefined)
    return err(
      'give --format=FORMAT, the LogFormat or log_format of the log in the server configuration (docs/log-formats.md)',
    );
  if (server === undefined) {
    const given = name === '' ? 'give --server' : `--server="${name}"`;
    return err(`${given}: want ${listWords(advisedServers)}`);
  }
  const figures = readFigures(flags);
  if (!figures.ok) return figures;
  const timeout = readTimeout(flags.timeout?.[0]);
  if (!timeout.ok) return err(`--timeout="${flags.timeout?.[0]}": ${timeout.error}`);
  const least = readSeconds(flags['least-traffic']?.[0] ?? '');
  if (!least.ok) return err(`--least-traffic="${flags['least-traffic']?.[0]}": ${least.error}`);
  return ok({
    paths,
    format: flags.format[0] ?? '',
    server,
    timeoutSeconds:
      timeout.value ?? defaultKeepaliveSeconds[server === 'nginx' ? 'nginx' : 'apache'],
    isDefaultTimeout: timeout.value === undefined,
    minimumSeconds: least.value,
    figures: figures.value,
  });
}

/** With 0 keep-alive is off. */
function readTimeout(text: string | undefined): Result<number | undefined, string> {
  if (text === undefined) return ok(undefined);
  if (/^0m?s?$/.test(text)) return ok(0);
  const seconds = readSeconds(text);
  return seconds.ok && seconds.value > longestTimeoutSeconds ? err('want 1h at most') : seconds;
}

/** Clients that all close at once leave no slot idle. */
const readIdleSlots: ReadNumber = (text) => (text === '0' ? ok(0) : readAmount(text));

const figureReaders = {
  slots: readWhole,
  'idle-slots': readIdleSlots,
  'slot-memory': readBytes,
  memory: readBytes,
  'async-factor': readAmount,
  'threads-per-child': readWhole,
} as const;

function readFigures(flags: CommandFlags<typeof adviseFlags>): Result<Figures, string> {
  const numbers = readNumbers(figureReaders, flags);
  if (!numbers.ok) return numbers;
  const { value } = numbers;
  return ok(
    present({
      slots: value.slots,
      meanIdleSlots: value['idle-slots'],
      workerBytes: value['slot-memory'],
      availableBytes: value.memory,
      asyncFactor: value['async-factor'],
      threadsPerChild: value['threads-per-child'],
    }),
  );
}
