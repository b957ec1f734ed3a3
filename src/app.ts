import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { redactConfig, redactModule, redactTarget } from './config/redact-config.ts';
import type { Config } from './config/schema.ts';
import { hasStatusPage } from './config/status-target.ts';
import { createListenerDirectory } from './io/list-listeners.ts';
import { readOpenFilesLimit } from './io/open-files-limit.ts';
import { buildKernelReader, type KernelReader } from './io/read-kernel.ts';
import { createResolveName } from './io/resolve-name.ts';
import { renderBoardsEvent } from './page/boards.ts';
import { renderPage } from './page/render-page.ts';
import { agentProduct } from './parse/log-format/own-request.ts';
import { type ActiveConfig, createActiveConfig } from './pipeline/active-config.ts';
import { type AdviceSource, createAdviceSource, showAdvice } from './pipeline/advice-source.ts';
import { buildPageModel, pageRefreshSeconds } from './pipeline/build-page-model.ts';
import { type CheckpointOpener, createCheckpointOpener } from './pipeline/checkpoint-opener.ts';
import { discoverTargets } from './pipeline/discover-targets.ts';
import { createExposition, type Exposition } from './pipeline/exposition.ts';
import type { Log } from './pipeline/log.ts';
import { createLogSet, type LogSet } from './pipeline/log-set.ts';
import { createPageRequests, type PageRequests } from './pipeline/page-requests.ts';
import { createProbeAnswers, type ProbeAnswers } from './pipeline/probe-answer.ts';
import { createMetricsRenderer } from './pipeline/render-metrics.ts';
import { createTargetSet, type TargetSet, type TargetSetOptions } from './pipeline/target-set.ts';
import { createTargetViews, type TargetViews } from './pipeline/target-views.ts';
import { present } from './present.ts';
import type { Result } from './result.ts';
import { buildServer } from './server/build-server.ts';
import type { Listen } from './server/listen.ts';
import type { ServerPorts } from './server/ports.ts';
import type { WebSecurity } from './server/web-security.ts';
import type { SelfView } from './snapshot/self-view.ts';
import type { TargetIdentity, TargetView } from './snapshot/target-view.ts';

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
interface Parts {
  readonly checkpoints: CheckpointOpener;
  readonly logs: LogSet;
  readonly pageRequests: PageRequests;
  readonly targetOptions: TargetSetOptions;
  readonly targets: TargetSet;
  readonly advices: AdviceSource;
  readonly config: ActiveConfig;
  readonly views: TargetViews;
  readonly exposition: Exposition;
  readonly probes: ProbeAnswers;
}

/** The composition root: configuration and edges in, running application out. */
export function createApp(options: AppOptions): App {
  const parts = createParts(options);
  const { config, targets, logs } = parts;
  const { server, listen, cutConnections } = buildServer({
    ports: serverPorts(parts, options),
    telemetryPath: options.telemetryPath,
    ...present({ security: options.security, openFilesLimit: readOpenFilesLimit() }),
    onError: (error) =>
      options.log.error('request failed', { error: error.stack ?? error.message }),
  });
  return {
    server,
    listen,
    cutConnections,
    start: config.reload,
    reload: config.reload,
    views: () => targets.all().flatMap((target) => target.latest() ?? []),
    async stop() {
      config.close();
      targets.close();
      await logs.close();
      await server.close();
    },
  };
}

function createParts(options: AppOptions): Parts {
  const { log, now, compatMetrics } = options;
  const checkpoints = createCheckpointOpener({ log, pid: options.pid });
  const logs = createLogSet({ stdin: options.stdin, log, now, reopen: checkpoints.open });
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
  await logs.apply(next, await checkpoints.open(next.checkpoint?.directory));
  targets.apply(next.targets.filter(hasStatusPage));
  advices.forget();
}

/** Targets without a status page. */
function logsOnlyOf(config: Config | undefined): readonly TargetIdentity[] {
  return (config?.targets ?? [])
    .filter((target) => !hasStatusPage(target))
    .map(({ name, server }) => ({ name, server }));
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
      log.warn('reading the /proc tables instead; the activity of connections is unknown', {
        subject,
        reason: detail,
      }),
  });
}

function serverPorts(parts: Parts, options: AppOptions): ServerPorts {
  const { config, targets, views, advices, probes, pageRequests, exposition } = parts;
  const startTimeSeconds = options.now();
  const pageModel = (refresh: boolean) => {
    pageRequests.note();
    return buildPageModel({
      exporter: { version: options.version, startTimeSeconds },
      nowSeconds: options.now(),
      ...present({ refreshSeconds: refresh ? pageRefreshSeconds : undefined }),
      telemetryPath: options.telemetryPath,
      configured: options.configFile !== undefined,
      targets: targets.all(),
      views,
    });
  };
  return {
    renderMetrics: createMetricsRenderer({
      views,
      exposition,
      compatMetrics: options.compatMetrics,
      self: () => selfView(parts, options),
    }),
    probe: probes.answer,
    renderPage: ({ refresh }) => renderPage(pageModel(refresh)),
    renderBoardsEvent: () => renderBoardsEvent(pageModel(true)),
    showAdvice: () => showAdvice(views.adviceSubjects(), advices),
    isReady: () => config.current() !== undefined,
    reload: config.reload,
    showConfig: () => whenActive(config, redactConfig),
    showModule: ({ target, module }) =>
      whenActive(config, (active) =>
        module === undefined ? redactTarget(active, target) : redactModule(active, module),
      ),
    listTargets: () => [
      ...targets.all().map(({ identity }) => identity),
      ...logsOnlyOf(config.current()),
    ],
  };
}

function whenActive(config: ActiveConfig, show: (active: Config) => string): string {
  const active = config.current();
  return active === undefined ? '' : show(active);
}

function selfView(
  { targets, config, exposition, probes, logs }: Parts,
  { version, nodeVersion }: AppOptions,
): SelfView {
  const { successful, successSeconds } = config.lastReload();
  return {
    version,
    nodeVersion,
    targets: targets.all().length + logsOnlyOf(config.current()).length,
    configLastReloadSuccessful: successful,
    configLastReloadSuccessSeconds: successSeconds,
    collectorFailures: exposition.failures(),
    probesRefused: probes.refused(),
    checkpoint: logs.checkpoint(),
  };
}
