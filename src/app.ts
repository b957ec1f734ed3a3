import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { type ConfigProblem, configProblemText, parseConfig } from './config/parse-config.ts';
import { findModule } from './config/probe-policy.ts';
import { redactConfig, redactModule, redactTarget } from './config/redact-config.ts';
import { type Config, configSchema } from './config/schema.ts';
import { hasStatusPage } from './config/status-target.ts';
import type { AdviceSubject } from './derive/advice-input.ts';
import { createListenerDirectory } from './io/list-listeners.ts';
import { buildKernelReader } from './io/read-kernel.ts';
import { createResolveName } from './io/resolve-name.ts';
import { logGroups, selfGroups, targetGroups } from './metrics/catalog.ts';
import { collect } from './metrics/collect.ts';
import type { Family } from './metrics/family.ts';
import { probeFamilies } from './metrics/probe-families.ts';
import { createProcessMetrics, renderFamilies } from './metrics/registry.ts';
import { renderBoardsEvent } from './page/boards.ts';
import { renderPage } from './page/render-page.ts';
import { agentProduct } from './parse/log-format/own-request.ts';
import { createAdviceSource, showAdvice } from './pipeline/advice-source.ts';
import { buildPageModel } from './pipeline/build-page-model.ts';
import { createCheckpointOpener } from './pipeline/checkpoint-opener.ts';
import { discoverTargets } from './pipeline/discover-targets.ts';
import type { Log } from './pipeline/log.ts';
import { createLogSet } from './pipeline/log-set.ts';
import { probeTarget } from './pipeline/probe-target.ts';
import { createTargetSet } from './pipeline/target-set.ts';
import { createTurns } from './pipeline/turns.ts';
import { err, ok, type Result } from './result.ts';
import { buildServer } from './server/build-server.ts';
import type { Listen } from './server/listen.ts';
import type { ProbeQuery, ServerPorts } from './server/ports.ts';
import type { WebSecurity } from './server/web-security.ts';
import type { SelfView } from './snapshot/self-view.ts';
import type { LoggedTarget, TargetIdentity, TargetView } from './snapshot/target-view.ts';

export interface AppOptions {
  /** Absent: the usual status addresses on this machine are tried. */
  readonly configFile?: string;
  readonly telemetryPath: string;
  readonly compatMetrics: boolean;
  readonly security?: WebSecurity;
  readonly version: string;
  readonly nodeVersion: string;
  readonly pid: number;
  /** Whether the exporter runs in a pod, whose network namespace holds its own containers only. */
  readonly inPod: boolean;
  readonly stdin: Readable;
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
}

export interface App {
  readonly server: FastifyInstance;
  readonly listen: Listen;
  /** Takes the configuration into force; the problems when it is refused. */
  start(): Promise<Result<void, readonly string[]>>;
  reload(): Promise<Result<void, readonly string[]>>;
  stop(): Promise<void>;
  /** Ends every connection, for when a client does not let stop() come to its end. */
  cutConnections(): void;
  /** The latest look at each target that was looked at. */
  views(): readonly TargetView[];
}

const pageRefreshSeconds = 5;
/** A page without a script comes back after the refresh, a live one each second. */
const watchedMilliseconds = (pageRefreshSeconds + 2) * 1000;
const discoveryPauseMilliseconds = 30_000;

/** The composition root: configuration and edges in, running application out. */
export function createApp(options: AppOptions): App {
  const { log, now } = options;
  let pageAskedAt = Number.NEGATIVE_INFINITY;
  const checkpoints = createCheckpointOpener({ log, pid: options.pid });
  const logs = createLogSet({ stdin: options.stdin, log, now, reopen: checkpoints.open });
  const kernel = buildKernelReader({
    now,
    onAbsent: ({ subject, detail }) =>
      log.warn('the /proc tables serve in its place; what each connection does is not known', {
        subject,
        reason: detail,
      }),
  });
  const targetOptions = {
    resolveName: createResolveName(),
    userAgent: `${agentProduct}${options.version}`,
    kernel,
    listeners: createListenerDirectory(kernel),
    inPod: options.inPod,
    logExhaustedSecondsAgo: logs.exhaustedSecondsAgo,
    isWatched: () => performance.now() - pageAskedAt < watchedMilliseconds,
    log,
    now,
  };
  const targets = createTargetSet(targetOptions);
  const advices = createAdviceSource({
    summarizeGaps: logs.summarizeGaps,
    isTimeoutAssumed: (name) => logs.view(name)?.keepaliveTimeout?.source === 'default',
    configOf: (name) => config?.targets.find((target) => target.name === name),
  });
  const processMetrics = createProcessMetrics();
  const logFamilies = logGroups.flatMap((group) => group.families);
  const families = targetGroups
    .filter((group) => !logGroups.some(({ title }) => title === group.title))
    .flatMap((group) => group.families)
    .filter(({ compatibleWith }) => options.compatMetrics || compatibleWith === undefined);
  const startedAt = now();
  /** Of two reloads at once the second waits: it may read a newer file. */
  const inTurn = createTurns();
  let config: Config | undefined;
  /** Targets without a status page. */
  let logsOnly: readonly TargetIdentity[] = [];
  let reloadSuccessful = false;
  let reloadedAt = 0;
  let collectorFailures = 0;
  let probesRefused = 0;
  let discovery: NodeJS.Timeout | undefined;
  let saidNothingFound = false;

  const take = async (next: Config) => {
    await logs.apply(next, await checkpoints.open(next.checkpoint?.directory));
    config = next;
    targets.apply(next.targets.filter(hasStatusPage));
    logsOnly = next.targets
      .filter((target) => !hasStatusPage(target))
      .map(({ name, server }) => ({ name, server }));
    advices.forget();
    reloadSuccessful = true;
    reloadedAt = now();
  };

  const discover = async () => {
    const found = await discoverTargets(targetOptions);
    await take({ ...configSchema.parse({}), targets: [...found] });
    for (const { server, status_url } of found) {
      log.info('found a status page; write a configuration file to watch more', {
        server,
        status_url,
      });
    }
    if (found.length > 0) return;
    if (!saidNothingFound) {
      log.warn('no configuration and no status page on this machine; looking again every 30 s', {
        help: 'start with --config.file; docs/configuration.md lists the addresses tried',
      });
    }
    saidNothingFound = true;
    discovery = setTimeout(() => void inTurn(discover), discoveryPauseMilliseconds);
    discovery.unref();
  };

  const reload = () => inTurn(reloadNow);

  const reloadNow = async (): Promise<Result<void, readonly string[]>> => {
    if (options.configFile === undefined) {
      clearTimeout(discovery);
      await discover();
      return ok(undefined);
    }
    const read = await readConfig(options.configFile);
    if (read.ok) await take(read.value);
    else reloadSuccessful = false;
    return read.ok ? ok(undefined) : read;
  };

  const render = async <S>(rows: readonly Family<S>[], subjects: readonly S[]): Promise<string> => {
    const { families: data, failures } = collect(rows, subjects);
    for (const { name, error } of failures) {
      collectorFailures += 1;
      log.error('cannot read a metric family; it is left out', {
        family: name,
        error: String(error),
      });
    }
    return renderFamilies(data, () => nextTurn());
  };

  const self = (): SelfView => ({
    version: options.version,
    nodeVersion: options.nodeVersion,
    targets: targets.all().length + logsOnly.length,
    configLastReloadSuccessful: reloadSuccessful,
    configLastReloadSuccessSeconds: reloadedAt,
    collectorFailures,
    probesRefused,
    checkpoint: logs.checkpoint(),
  });

  const observeAll = (deadlineMilliseconds: number): Promise<readonly TargetView[]> =>
    Promise.all(
      targets.all().map(async (target) => withLogs(await target.observe(deadlineMilliseconds))),
    );

  const loggedTarget = (
    target: TargetIdentity,
    view: AdviceSubject = { observation: { target } },
  ): LoggedTarget => {
    const logView = logs.view(target.name);
    const advice = advices.adviceFor(view);
    return {
      observation: { target },
      ...(logView === undefined ? {} : { logs: logView }),
      ...(advice === undefined ? {} : { advice }),
    };
  };

  const adviceSubjects = (): readonly AdviceSubject[] => [
    ...targets.all().map((one) => one.latest() ?? { observation: { target: one.identity } }),
    ...logsOnly.map((target) => ({ observation: { target } })),
  ];

  const withLogs = (view: TargetView): TargetView => {
    const shown = { ...view, shownAtSeconds: now() };
    return { ...loggedTarget(view.observation.target, view), ...shown };
  };

  const probe = async (query: ProbeQuery) => {
    // Monotonic: a clock that is set while the probe waits must not make it last an hour, or less than nothing.
    const askedAt = performance.now();
    const { target, module: name } = query;
    const known = name === undefined ? targets.byName(target) : undefined;
    const unpolled = name === undefined ? logsOnly.find((one) => one.name === target) : undefined;
    if (unpolled !== undefined) return ok(await render(logFamilies, [loggedTarget(unpolled)]));
    const probed =
      known === undefined
        ? await probeForeign(query)
        : ok(ofTarget(await known.observe(query.deadlineMilliseconds)));
    if (!probed.ok) {
      probesRefused += 1;
      // Not a field `target`: a stranger chose it, and repeated lines are told apart by their target.
      log.warn('probe refused', { asked: target.slice(0, 200), reason: probed.error.reason });
      return probed;
    }
    const { success, renderRest } = probed.value;
    const result = { success, seconds: (performance.now() - askedAt) / 1000 };
    return ok((await render(probeFamilies, [result])) + (await renderRest()));
  };

  const ofTarget = (view: TargetView) => ({
    success: view.observation.outcome.kind === 'answered',
    async renderRest() {
      const shown = withLogs(view);
      return (await render(families, [shown])) + (await render(logFamilies, [shown]));
    },
  });

  const probeForeign = async ({ module: name, ...query }: ProbeQuery) => {
    const module = config === undefined ? undefined : findModule(config.probe, name);
    if (config === undefined || module === undefined) {
      const reason =
        name === undefined
          ? `"${query.target}" is no configured target; add it to targets, or name a module`
          : `module "${name}" is not in probe.modules of the configuration`;
      return err({ status: 400 as const, reason });
    }
    const request = { ...query, module, allow: config.probe.allow };
    if (module.keepalive === undefined) {
      const view = await probeTarget(request, targetOptions);
      return view.ok ? ok(ofTarget(view.value)) : view;
    }
    // Loaded when it is asked for: most exporters never measure connections.
    const { probeKeepalive } = await import('./pipeline/probe-keepalive.ts');
    const { keepaliveProbeFamilies } = await import('./metrics/keepalive-probe-families.ts');
    const checked = await probeKeepalive(request, targetOptions);
    if (!checked.ok) return checked;
    return ok({
      success: checked.value.report.failure === undefined,
      renderRest: () => render(keepaliveProbeFamilies, [checked.value]),
    });
  };

  const pageModel = (refresh: boolean) => {
    pageAskedAt = performance.now();
    return buildPageModel({
      exporter: { version: options.version, startTimeSeconds: startedAt },
      nowSeconds: now(),
      ...(refresh ? { refreshSeconds: pageRefreshSeconds } : {}),
      telemetryPath: options.telemetryPath,
      configured: options.configFile !== undefined,
      targets: targets.all(),
      adviceFor: advices.adviceFor,
      logsOnly,
      logSources: (name) => logs.view(name)?.sources ?? [],
    });
  };

  const ports: ServerPorts = {
    async renderMetrics({ deadlineMilliseconds, signal }) {
      const views = await observeAll(deadlineMilliseconds);
      // Nobody reads the answer, and its place is given away already.
      if (signal.aborted) return '';
      const ofTargets = await render(families, views);
      const ofLogs = await render(logFamilies, [
        ...views,
        ...logsOnly.map((target) => loggedTarget(target)),
      ]);
      const ofSelf = await render(
        selfGroups.flatMap((group) => group.families),
        [self()],
      );
      const ofProcess = await renderFamilies(await processMetrics.collect(), () => nextTurn());
      return ofTargets + ofLogs + ofSelf + ofProcess;
    },
    probe,
    renderPage: ({ refresh }) => renderPage(pageModel(refresh)),
    renderBoardsEvent: () => renderBoardsEvent(pageModel(true)),
    showAdvice: () => showAdvice(adviceSubjects(), advices),
    isReady: () => config !== undefined,
    reload,
    showConfig: () => (config === undefined ? '' : redactConfig(config)),
    showModule({ target, module }) {
      if (config === undefined) return '';
      return module === undefined ? redactTarget(config, target) : redactModule(config, module);
    },
    listTargets: () => [...targets.all().map(({ identity }) => identity), ...logsOnly],
  };

  const { server, listen, cutConnections } = buildServer({
    ports,
    telemetryPath: options.telemetryPath,
    ...(options.security === undefined ? {} : { security: options.security }),
    onError: (error) => log.error('request failed', { error: error.stack ?? error.message }),
  });
  return {
    server,
    listen,
    cutConnections,
    start: reload,
    reload,
    views: () => targets.all().flatMap((target) => target.latest() ?? []),
    async stop() {
      clearTimeout(discovery);
      targets.close();
      await logs.close();
      await server.close();
    },
  };
}

/** Reads and checks a configuration file; every problem in words, with file and line. */
export async function readConfig(file: string): Promise<Result<Config, readonly string[]>> {
  const text = await readFile(file, 'utf8').catch((error: Error) => error);
  if (text instanceof Error) return err([`${file}: cannot be read: ${text.message}`]);
  const parsed = parseConfig(text);
  if (parsed.ok) return parsed;
  return err(parsed.error.map((problem: ConfigProblem) => configProblemText(file, problem)));
}
