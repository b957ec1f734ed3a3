import { setImmediate as nextTurn } from 'node:timers/promises';
import { createProcessMetrics } from '../io/process-metrics.ts';
import { logFamilies, selfFamilies, targetFamilies } from '../metrics/catalog.ts';
import { renderFamilies } from '../metrics/registry.ts';
import type { SelfView } from '../snapshot/self-view.ts';
import type { Exposition } from './exposition.ts';
import type { TargetViews } from './target-views.ts';

export interface MetricsRendererOptions {
  readonly views: Pick<TargetViews, 'observeAll' | 'allLogsOnly'>;
  readonly exposition: Exposition;
  readonly compatMetrics: boolean;
  readonly self: () => SelfView;
}

export interface MetricsQuery {
  readonly deadlineMilliseconds: number;
  /** Aborted when the client has closed the connection. */
  readonly signal: AbortSignal;
}

/** Renders /metrics: polls every target, and adds logs, the exporter itself and its process. */
export function createMetricsRenderer({
  views,
  exposition,
  compatMetrics,
  self,
}: MetricsRendererOptions): (query: MetricsQuery) => Promise<string> {
  const processMetrics = createProcessMetrics();
  return async ({ deadlineMilliseconds, signal }) => {
    const polled = await views.observeAll(deadlineMilliseconds);
    // The client has closed the connection, and its place is in use again.
    if (signal.aborted) return '';
    const ofTargets = await exposition.render(targetFamilies(compatMetrics), polled);
    const ofLogs = await exposition.render(logFamilies, [...polled, ...views.allLogsOnly()]);
    const ofSelf = await exposition.render(selfFamilies, [self()]);
    const ofProcess = await renderFamilies(await processMetrics.collect(), () => nextTurn());
    return ofTargets + ofLogs + ofSelf + ofProcess;
  };
}
