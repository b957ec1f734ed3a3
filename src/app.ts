import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config/schema.ts';
import { hasStatusPage, logsOnlyOf } from './config/status-target.ts';
import { favourSpeed } from './io/favour-speed.ts';
import { createListenerDirectory } from './io/list-listeners.ts';
import { readOpenFilesLimit } from './io/open-files-limit.ts';
import { buildKernelReader, type KernelReader } from './io/read-kernel.ts';
import { createResolveName } from './io/resolve-name.ts';
import { agentProduct } from './parse/log-format/own-request.ts';
import { createActiveConfig } from './pipeline/active-config.ts';
import { createAdviceSource } from './pipeline/advice-source.ts';
import { type CheckpointOpener, createCheckpointOpener } from './pipeline/checkpoint-opener.ts';
import { discoverTargets } from './pipeline/discover-targets.ts';
import { createExposition } from './pipeline/exposition.ts';
import type { Log } from './pipeline/log.ts';
import { createLogSet, type LogSet } from './pipeline/log-set.ts';
import { createPageRequests, type PageRequests } from './pipeline/page-requests.ts';
import { createProbeAnswers } from './pipeline/probe-answer.ts';
import { createTargetSet, type TargetSetOptions } from './pipeline/target-set.ts';
import { createTargetViews } from './pipeline/target-views.ts';
import { present } from './present.ts';
import type { Result } from './result.ts';
import { buildServer } from './server/build-server.ts';
import type { Listen } from './server/listen.ts';
import type { WebSecurity } from './server/web-security.ts';
import { type PortParts, serverPorts } from './server-ports.ts';
import type { TargetView } from './snapshot/target-view.ts';

export interface AppOptions {
  /** Absent: the usual status addresses on this machine are polled. */
  readonly configFile?: string;
  readonly telemetryPath: string;
  readonly compatMetrics: boolean;
  readonly security?: WebSecurity;
  readonly version: string;
  readonly nodeVersion: string;
  readonly pid: number;
  /** Whether the exporter runs in a pod, whose network namespace contains only its own containers. */
  readonly inPod: boolean;
  readonly stdin: Readable;
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
}

export interface App {
  readonly server: FastifyInstance;
  readonly listen: Listen;
  /** Puts the configuration into force. An error lists why it is refused. */
  start(): Promise<Result<void, readonly string[]>>;
  reload(): Promise<Result<void, readonly string[]>>;
  stop(): Promise<void>;
  /** Ends every connection, for a client that keeps stop() from ending. */
  cutConnections(): void;
  /** The latest view of each target that was polled. */
  views(): readonly TargetView[];
}

/** The parts of a running application; each keeps its own state. */
interface Parts extends PortParts {
  readonly checkpoints: CheckpointOpener;
  readonly targetOptions: TargetSetOptions;
}

/** The composition root: configuration and edges in, running application out. */
export function createApp(options: AppOptions): App {
  const parts = createParts(options);
  const { config, targets, logs } = parts;
  const { server, listen, cutConnections } = buildServer({
    ports: serverPorts(parts, { ...options, configured: options.configFile !== undefined }),
    telemetryPath: options.telemetryPath,
    ...present({ security: options.security, openFilesLimit: readOpenFilesLimit() }),
    onError: (error) =>
      options.log.error('request failed', { error: error.stack ?? error.message }),
  });
  return {
    server,
    listen,
    cutConnections,
    start: () => config.reload(),
    reload: () => config.reload(),
    views: () => targets.all().flatMap((target) => target.latest() ?? []),
    async stop() {
      config.close();
      targets.close();
      parts.targetOptions.kernel?.close();
      await logs.close();
      await server.close();
    },
  };
}

function createParts(options: AppOptions): Parts {
  const { log, now, compatMetrics } = options;
  const checkpoints = createCheckpointOpener({ log, pid: options.pid });
  const logs = createLogSet({
    stdin: options.stdin,
    openFilesLimit: readOpenFilesLimit(),
    log,
    now,
    reopen: checkpoints.open,
  });
  const pageRequests = createPageRequests();
  const targetOptions = buildTargetOptions(options, logs, pageRequests);
  const targets = createTargetSet(targetOptions);
  const advices = createAdviceSource({
    summarizeGaps: logs.summarizeGaps,
    isTimeoutAssumed: (name) => logs.view(name)?.keepaliveTimeout?.source === 'default',
    configOf: (name) => config.current()?.targets.find((target) => target.name === name),
  });
  const config = createActiveConfig({
    ...present({ configFile: options.configFile }),
    discover: () => discoverTargets(targetOptions),
    apply: (next) => applyConfig(next, { checkpoints, logs, targets, advices }),
    log,
    now,
  });
  const views = createTargetViews({
    polled: targets.all,
    logsOnly: () => logsOnlyOf(config.current()),
    logsOf: logs.view,
    adviceFor: advices.adviceFor,
    now,
  });
  const exposition = createExposition(log);
  const probes = createProbeAnswers({
    policy: () => config.current()?.probe,
    byName: targets.byName,
    views,
    exposition,
    compatMetrics,
    targetOptions,
    log,
  });
  return {
    checkpoints,
    logs,
    pageRequests,
    targetOptions,
    targets,
    advices,
    config,
    views,
    exposition,
    probes,
  };
}

async function applyConfig(
  next: Config,
  {
    checkpoints,
    logs,
    targets,
    advices,
  }: Pick<Parts, 'checkpoints' | 'logs' | 'targets' | 'advices'>,
): Promise<void> {
  await favourSpeed(next.targets.length);
  await logs.apply(next, await checkpoints.open(next.checkpoint?.directory));
  targets.apply(next.targets.filter(hasStatusPage));
  advices.forget();
}

function buildTargetOptions(
  { version, inPod, log, now }: AppOptions,
  logs: LogSet,
  pageRequests: PageRequests,
): TargetSetOptions {
  const kernel = openKernelReader(log, now);
  return {
    resolveName: createResolveName(),
    userAgent: `${agentProduct}${version}`,
    kernel,
    listeners: createListenerDirectory(kernel),
    inPod,
    logExhaustedSecondsAgo: logs.exhaustedSecondsAgo,
    isWatched: pageRequests.isWatched,
    log,
    now,
  };
}

function openKernelReader(log: Log, now: () => number): KernelReader {
  return buildKernelReader({
    now,
    onAbsent: ({ subject, detail }) =>
      log.warn(
        'cannot run ss; reading the /proc tables instead, so the activity of connections is unknown',
        {
          subject,
          reason: detail,
        },
      ),
  });
}
