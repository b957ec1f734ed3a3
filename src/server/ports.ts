import type { ProbeRefusal } from '../config/probe-policy.ts';
import type { Result } from '../result.ts';
import type { ServerKind } from '../snapshot/status-page.ts';

/** The functions that the routes need from the application; server-ports.ts provides them. */
export interface ServerPorts {
  /** The exposition of all targets and of the exporter itself. */
  renderMetrics(query: ScrapeQuery): Promise<string>;
  probe(request: ProbeQuery): Promise<Result<string, ProbeRefusal>>;
  renderPage(options: { readonly refresh: boolean }): string;
  /** The boards of the page as JSON on one line. */
  renderBoardsEvent(): string;
  /** The advice for each target, to be rendered as JSON. */
  showAdvice(): unknown;
  /** Whether a configuration is in force. */
  isReady(): boolean;
  /** Reads the configuration again. An error lists the problems; the old configuration then stays. */
  reload(): Promise<Result<void, readonly string[]>>;
  /** The effective configuration as YAML, without secrets. */
  showConfig(): string;
  /** The module of a probe, or the target without a module, as YAML without secrets. */
  showModule(query: Pick<ProbeQuery, 'target' | 'module'>): string;
  listTargets(): readonly { readonly name: string; readonly server: ServerKind }[];
}

export interface ScrapeQuery {
  readonly deadlineMilliseconds: number;
  /** Aborted when the client has closed the connection. */
  readonly signal: AbortSignal;
}

export interface ProbeQuery extends ScrapeQuery {
  readonly target: string;
  readonly module: string | undefined;
}
