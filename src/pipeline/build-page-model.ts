import type { PageExporter, PageHint, PageModel, PageTarget } from '../page/model.ts';
import { present } from '../present.ts';
import type { LoggedTarget, Observation, TargetView } from '../snapshot/target-view.ts';
import type { Target } from './observe-target.ts';
import type { TargetViews } from './target-views.ts';

/** After how many seconds a browser asks for the page again. */
export const pageRefreshSeconds = 5;

export interface PageContext {
  readonly exporter: PageExporter;
  readonly nowSeconds: number;
  readonly refreshSeconds?: number;
  readonly telemetryPath: string;
  /** False without a configuration file: the targets were found on this machine. */
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
    ...present({ refreshSeconds, hint: configured ? undefined : discoveryHint(targets) }),
    links: [
      { href: telemetryPath, label: 'Metrics' },
      { href: '/advice', label: 'Advice' },
      { href: '/targets', label: 'Targets' },
      { href: '/config', label: 'Configuration' },
      { href: '/-/healthy', label: 'Health' },
      { href: '/-/ready', label: 'Readiness' },
    ],
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
  return { ...present({ advice }), logSources: logs?.sources ?? [] };
}

function buildPageTarget(target: Target, views: PageContext['views']): PageTarget {
  const latest = target.latest();
  const view = latest === undefined ? undefined : views.complete(latest);
  const isAnswered = view?.observation.outcome.kind === 'answered';
  const { lastAnswered, lastFailed } = target.memory();
  return {
    identity: target.identity,
    address: target.statusUrl,
    ...logsAndAdvice(view ?? views.logged(target.identity)),
    ...present({
      view,
      verdict: certainVerdict(view),
      slotHolders: view?.holders?.top,
      lastAnswered: isAnswered ? undefined : lastAnswered,
      lastFailure: isAnswered ? failureOf(lastFailed) : undefined,
    }),
  };
}

function certainVerdict(view: TargetView | undefined): PageTarget['verdict'] {
  const { exhausted, evidence = [] } = view?.verdict ?? {};
  return exhausted === undefined ? undefined : { exhausted, evidence };
}

function failureOf(observation: Observation | undefined): PageTarget['lastFailure'] {
  if (observation?.outcome.kind !== 'failed') return undefined;
  return { failure: observation.outcome.failure, atSeconds: observation.atSeconds };
}

/** For an exporter without a configuration: the targets that were found, and a first configuration. */
function discoveryHint(targets: readonly Target[]): PageHint {
  const found = targets.map(({ statusUrl }) => statusUrl).join(', ');
  return {
    title: 'Running without a configuration',
    paragraphs: [
      targets.length === 0
        ? 'None of the usual status addresses on this machine answered. They are tried again every 30 s.'
        : `The usual status addresses on this machine were tried. These answered: ${found}`,
      'List the servers to watch in a file, and start the exporter with --config.file=config.yml:',
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
