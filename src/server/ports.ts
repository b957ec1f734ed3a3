import type { ProbeRefusal } from '../config/probe-policy.ts';
import type { Result } from '../result.ts';
import type { ServerKind } from '../snapshot/status-page.ts';

/** What the routes need of the application; app.ts provides it. */
export interface ServerPorts {
  /** The exposition of all targets and of the exporter itself. */
  renderMetrics(query: ScrapeQuery): Promise<string>;
  probe(request: ProbeQuery): Promise<Result<string, ProbeRefusal>>;
  renderPage(options: { readonly refresh: boolean }): string;
  /** The boards of the page as JSON on one line. */
  renderBoardsEvent(): string;
  /** The advice for each target, as JSON shows it. */
  showAdvice(): unknown;
  /** Whether the exporter can serve what it was configured for. */
  isReady(): boolean;
  /** Reads the configuration anew; the problems when it was refused and the old one stays. */
  reload(): Promise<Result<void, readonly string[]>>;
  /** The effective configuration as YAML, without secrets. */
  showConfig(): string;
  /** The module of a probe as YAML, without secrets; of a configured target, the target. */
  showModule(query: Pick<ProbeQuery, 'target' | 'module'>): string;
  listTargets(): readonly { readonly name: string; readonly server: ServerKind }[];
}

export interface ScrapeQuery {
  readonly deadlineMilliseconds: number;
  /** Aborted when whoever asked is gone. */
  readonly signal: AbortSignal;
}

export interface ProbeQuery extends ScrapeQuery {
  readonly target: string;
  readonly module: string | undefined;
}
