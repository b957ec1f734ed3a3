import type { Readable } from 'node:stream';
import type { LogsConfig, TargetConfig } from '../config/schema.ts';
import type { FollowState } from '../io/follow-file.ts';
import { isNamedPipe, openNamedPipe } from '../io/named-pipe.ts';
import { followStream, type StreamInput } from '../io/stream-input.ts';
import { openSyslogInput, type SyslogInput } from '../io/syslog-input.ts';
import type { ErrorLogEvent } from '../parse/error-log-event.ts';
import { explainMissing } from '../parse/log-format/parse-log-format.ts';
import type { LogCounts } from '../snapshot/log-counts.ts';
import type { LogView, SourceStats, SourceView } from '../snapshot/log-source.ts';
import { compileSourceFormat } from './compile-source-format.ts';
import { createFollowedPath, type FollowedPath } from './followed-path.ts';
import {
  accessSink,
  type ErrorEventCounts,
  errorSink,
  noAccessCounts,
  noErrorEvents,
} from './line-sinks.ts';
import type { Log } from './log.ts';

/** What survives a restart: places and counts belong together, so they are taken in one moment. */
export interface TargetLogsState {
  readonly access?: LogCounts;
  readonly errorEvents: ErrorEventCounts;
  readonly files: Readonly<Record<string, Readonly<Record<string, FollowState>>>>;
}

export interface TargetLogsOptions {
  readonly config: TargetConfig;
  readonly logs: LogsConfig;
  readonly state: TargetLogsState | undefined;
  readonly stdin: Readable;
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** All logs of one target. */
export interface TargetLogs {
  /** Reads a bounded amount; true when there is more at once. */
  poll(): Promise<boolean>;
  view(): LogView;
  /** Whether the error log has said within the last seconds that there is no slot left. */
  saysExhausted(): boolean;
  /** To be called between two polls. */
  state(): Promise<TargetLogsState>;
  close(): Promise<void>;
}

const exhaustionEvents: ReadonlySet<ErrorLogEvent> = new Set([
  'max_request_workers',
  'scoreboard_full',
  'worker_connections_exhausted',
]);
const recentSeconds = 5;

type AccessSink = Parameters<typeof accessSink>[0];

interface Datagrams {
  readonly source: string;
  readonly input: Promise<SyslogInput | undefined>;
}

interface Stream {
  readonly source: string;
  readonly input: StreamInput;
}

/** Opens the logs of a target; a source whose format cannot be had is left out, with words in the log. */
export async function openTargetLogs(options: TargetLogsOptions): Promise<TargetLogs> {
  const { config, logs, state, log, now } = options;
  const fresh = noAccessCounts(config, logs);
  const access = fitsCounts(state?.access, fresh) ? { ...fresh, ...state.access } : fresh;
  const errorEvents: ErrorEventCounts = { ...noErrorEvents(), ...state?.errorEvents };
  const paths = new Map<string, FollowedPath>();
  const datagrams: Datagrams[] = [];
  const streams: Stream[] = [];
  const tells = new Set<string>();
  let exhaustedAt = Number.NEGATIVE_INFINITY;
  let caughtUp = state === undefined;
  let sources: readonly SourceView[] = [];

  const follow = (pattern: string, consume: AccessSink | undefined) => {
    const sink =
      consume === undefined
        ? errorSink(errorEvents, (event) => {
            if (exhaustionEvents.has(event)) exhaustedAt = now();
          })
        : accessSink(consume);
    const states = state?.files[pattern] ?? {};
    paths.set(pattern, createFollowedPath({ pattern, consume: sink, start: logs.start, states }));
  };

  for (const source of config.access_logs) {
    const format = await compileSourceFormat(source, config);
    if (!format.ok) {
      notRead(format.error);
      continue;
    }
    for (const meaning of format.value.gives) tells.add(meaning);
    // nginx tells aborts by status 499.
    if (config.server === 'nginx' && tells.has('status')) tells.add('aborted');
    for (const sentence of explainMissing(format.value, config.server)) {
      log.warn('the log format lacks a field', { target: config.name, missing: sentence });
    }
    const sink = { counts: access, format: format.value, cri: source.cri, now };
    if (source.path !== undefined) followUnlessPipe(source.path, sink);
    else if (source.syslog !== undefined) {
      datagrams.push({ source: source.syslog, input: listen(source.syslog, sink) });
    } else if (source.pipe !== undefined) readPipe(source.pipe, sink);
    else streams.push({ source: 'stdin', input: followStream(options.stdin, accessSink(sink)) });
  }
  for (const { path } of config.error_logs) follow(path, undefined);

  /** Opened as a file a pipe would give nothing: it has no places to return to. */
  function followUnlessPipe(path: string, sink: AccessSink): void {
    if (!isNamedPipe(path)) follow(path, sink);
    else notRead(`"${path}" is a named pipe; write "pipe:" in place of "path:"`);
  }

  function readPipe(source: string, sink: AccessSink): void {
    const input = openNamedPipe(source, accessSink(sink));
    if (input.ok) streams.push({ source, input: input.value });
    else notRead(input.error);
  }

  function notRead(error: string): void {
    log.error('a log is not read', { target: config.name, error });
  }

  function listen(address: string, sink: AccessSink) {
    const split = address.lastIndexOf(':');
    const host = address.slice(0, split).replace(/^\[|\]$/g, '');
    const port = Number(address.slice(split + 1));
    return openSyslogInput({ host, port, consume: accessSink(sink) }).catch((error: Error) => {
      log.error('cannot listen for syslog', { target: config.name, address, error: error.message });
      return undefined;
    });
  }

  const readSources = async (): Promise<readonly SourceView[]> => [
    ...(await Promise.all(
      [...paths].map(async ([source, path]) => ({ source, stats: await path.stats() })),
    )),
    ...(await Promise.all(
      datagrams.map(async ({ source, input }) => ({
        source,
        stats: await datagramStats(await input),
      })),
    )),
    ...streams.map(({ source, input }) => ({ source, stats: input.stats() })),
  ];

  return {
    async poll() {
      let more = false;
      for (const path of paths.values()) more = (await path.poll()) || more;
      if (!more) caughtUp = true;
      sources = await readSources();
      return more;
    },
    view: () => ({
      ...(caughtUp && config.access_logs.length > 0 ? { access } : {}),
      ...(caughtUp && config.error_logs.length > 0 ? { errorEvents } : {}),
      tells,
      sources,
    }),
    saysExhausted: () => now() - exhaustedAt <= recentSeconds,
    async state() {
      const files = await Promise.all(
        [...paths].map(async ([pattern, path]) => [pattern, await path.states()] as const),
      );
      return { access, errorEvents, files: Object.fromEntries(files) };
    },
    async close() {
      for (const path of paths.values()) await path.close();
      for (const { input } of datagrams) await (await input)?.close();
      for (const { input } of streams) input.close();
    },
  };
}

const noStats: SourceStats = {
  readBytes: 0,
  skippedBytes: 0,
  lagBytes: 0,
  rotations: 0,
  tooLongLines: 0,
};

async function datagramStats(input: SyslogInput | undefined): Promise<SourceStats> {
  if (input === undefined) return noStats;
  const drops = await input.drops();
  return {
    ...noStats,
    readBytes: input.receivedBytes(),
    ...(drops === undefined ? {} : { droppedDatagrams: drops }),
  };
}

/** Counts of other buckets or virtual hosts cannot be added to. */
function fitsCounts(saved: LogCounts | undefined, fresh: LogCounts): saved is LogCounts {
  const shape = (counts: LogCounts) =>
    JSON.stringify([
      counts.vhosts,
      counts.requestDuration.upperBounds,
      counts.upstreamConnect.upperBounds,
      counts.upstreamResponse.upperBounds,
    ]);
  return saved !== undefined && shape(saved) === shape(fresh);
}
