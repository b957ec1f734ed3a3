import type { PageExporter, PageHint, PageModel, PageTarget } from '../page/model.ts';
import type { LoggedTarget } from '../snapshot/target-view.ts';
import type { Target } from './observe-target.ts';
import type { TargetViews } from './target-views.ts';

/** After how many seconds a browser asks for the page again. */
export const pageRefreshSeconds = 5;

export interface PageContext {
  readonly exporter: PageExporter;
  readonly nowSeconds: number;
  readonly refreshSeconds?: number;
  readonly telemetryPath: string;
  /** False when the targets were found rather than configured. */
  readonly configured: boolean;
  readonly targets: readonly Target[];
  readonly views: Pick<TargetViews, 'complete' | 'logged' | 'allLogsOnly'>;
}

/** What the page shows: the latest view of each target. Opening the page polls no server. */
export function buildPageModel(context: PageContext): PageModel {
  const { exporter, nowSeconds, refreshSeconds, telemetryPath, configured, targets, views } =
    context;
  return {
    exporter,
    nowSeconds,
    ...(refreshSeconds === undefined ? {} : { refreshSeconds }),
    links: [
      { href: telemetryPath, label: 'Metrics' },
      { href: '/advice', label: 'Advice' },
      { href: '/targets', label: 'Targets' },
      { href: '/config', label: 'Configuration' },
      { href: '/-/healthy', label: 'Health' },
      { href: '/-/ready', label: 'Readiness' },
    ],
    ...(configured ? {} : { hint: discoveryHint(targets) }),
    targets: [
      ...targets.map((target) => buildPageTarget(target, views)),
      ...views.allLogsOnly().map(({ observation, ...logged }) => ({
        identity: observation.target,
        logsOnly: true as const,
        ...logsAndAdvice(logged),
      })),
    ],
  };
}

function logsAndAdvice({ logs, advice }: Pick<LoggedTarget, 'logs' | 'advice'>) {
  return { ...(advice === undefined ? {} : { advice }), logSources: logs?.sources ?? [] };
}

function buildPageTarget(target: Target, views: PageContext['views']): PageTarget {
  const latest = target.latest();
  const view = latest === undefined ? undefined : views.complete(latest);
  const { lastAnswered, lastFailed } = target.memory();
  const answered = view?.observation.outcome.kind === 'answered';
  return {
    identity: target.identity,
    address: target.statusUrl,
    ...logsAndAdvice(view ?? views.logged(target.identity)),
    ...(view === undefined ? {} : { view }),
    ...(view?.verdict.exhausted === undefined
      ? {}
      : { verdict: { exhausted: view.verdict.exhausted, evidence: view.verdict.evidence } }),
    ...(view?.holders === undefined ? {} : { slotHolders: view.holders.top }),
    ...(lastAnswered === undefined || answered ? {} : { lastAnswered }),
    ...(answered && lastFailed?.outcome.kind === 'failed'
      ? { lastFailure: { failure: lastFailed.outcome.failure, atSeconds: lastFailed.atSeconds } }
      : {}),
  };
}

/** Without a configuration: what was found, and a configuration to begin with. */
function discoveryHint(targets: readonly Target[]): PageHint {
  const found = targets.map(({ statusUrl }) => statusUrl).join(', ');
  return {
    title: 'Running without a configuration',
    paragraphs: [
      targets.length === 0
        ? 'None of the usual status addresses on this machine answered. They are tried again every 30 s.'
        : `The usual status addresses on this machine were tried, and this is what answered: ${found}`,
      'Write down what to watch, and start the exporter with --config.file=config.yml:',
    ],
    example: exampleConfig(targets),
  };
}

function exampleConfig(targets: readonly Target[]): string {
  const entries = targets.map(
    ({ identity, statusUrl }) =>
      `  - {name: "${identity.name}", server: ${identity.server}, status_url: "${statusUrl}"}`,
  );
  const example =
    '  - {name: shop, server: apache, status_url: "http://127.0.0.1/server-status?auto"}';
  return ['targets:', ...(entries.length > 0 ? entries : [example])].join('\n');
}
