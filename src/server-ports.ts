import { redactConfig, redactModule, redactTarget } from './config/redact-config.ts';
import type { Config } from './config/schema.ts';
import { logsOnlyOf } from './config/status-target.ts';
import { renderBoardsEvent } from './page/boards.ts';
import { renderPage } from './page/render-page.ts';
import type { ActiveConfig } from './pipeline/active-config.ts';
import { type AdviceSource, showAdvice } from './pipeline/advice-source.ts';
import { buildPageModel, pageRefreshSeconds } from './pipeline/build-page-model.ts';
import type { Exposition } from './pipeline/exposition.ts';
import type { LogSet } from './pipeline/log-set.ts';
import type { PageRequests } from './pipeline/page-requests.ts';
import type { ProbeAnswers } from './pipeline/probe-answer.ts';
import { createMetricsRenderer } from './pipeline/render-metrics.ts';
import type { TargetSet } from './pipeline/target-set.ts';
import type { TargetViews } from './pipeline/target-views.ts';
import { present } from './present.ts';
import type { ServerPorts } from './server/ports.ts';
import type { WebSecurity } from './server/web-security.ts';
import type { SelfView } from './snapshot/self-view.ts';

/** The parts of the application that answer requests. */
export interface PortParts {
  readonly logs: LogSet;
  readonly pageRequests: PageRequests;
  readonly targets: TargetSet;
  readonly advices: AdviceSource;
  readonly config: ActiveConfig;
  readonly views: TargetViews;
  readonly exposition: Exposition;
  readonly probes: ProbeAnswers;
}

export interface PortOptions {
  /** Whether there is a configuration file; otherwise targets are discovered. */
  readonly configured: boolean;
  readonly telemetryPath: string;
  readonly compatMetrics: boolean;
  readonly security?: Pick<WebSecurity, 'refused' | 'isUsable'>;
  readonly version: string;
  readonly nodeVersion: string;
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** The functions that the routes call, made from the parts of the application. */
export function serverPorts(parts: PortParts, options: PortOptions): ServerPorts {
  const { config, targets, views, advices, probes, pageRequests, exposition } = parts;
  const startTimeSeconds = options.now();
  const pageModel = (refresh: boolean) => {
    pageRequests.note();
    return buildPageModel({
      exporter: { version: options.version, startTimeSeconds },
      nowSeconds: options.now(),
      ...present({ refreshSeconds: refresh ? pageRefreshSeconds : undefined }),
      telemetryPath: options.telemetryPath,
      configured: options.configured,
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
    reload: () => config.reload(),
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
  { targets, config, exposition, probes, logs }: PortParts,
  { version, nodeVersion, security }: PortOptions,
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
    clientsRefused: security?.refused(),
    webConfigUsable: security?.isUsable(),
    checkpoint: logs.checkpoint(),
  };
}
