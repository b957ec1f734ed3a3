import type { Query } from '../queries/query.ts';
import { type Step, type Unit, unit } from '../theme.ts';
import type { PanelBuilder, PanelSpec } from './panel.ts';
import { type StatSpec, statPanel } from './stat-panel.ts';
import { type TimeseriesSpec, timeseriesPanel } from './timeseries-panel.ts';

type Common = Pick<PanelSpec, 'title' | 'shows' | 'bad'>;

export interface FigureOptions
  extends Common,
    Partial<Omit<StatSpec, 'queries' | 'thresholds' | keyof Common>> {
  readonly query: Query;
  readonly thresholds: readonly Step[];
}

const noSeries = 'no data';

/** One figure of the top row, six to a line. */
export function figure({ query, ...spec }: FigureOptions): PanelBuilder {
  return statPanel({ unit: unit.count, noValue: noSeries, width: 4, ...spec, queries: [query] });
}

export interface CurveOptions
  extends Common,
    Partial<Omit<TimeseriesSpec, 'queries' | 'thresholds' | 'unit' | keyof Common>> {
  readonly queries: readonly Query[];
  readonly unit: Unit;
  readonly thresholds: readonly Step[];
}

/** A panel of curves, two to a line. */
export function curves(spec: CurveOptions): PanelBuilder {
  return timeseriesPanel({ noValue: noSeries, width: 12, ...spec });
}
