import type { Query } from '../queries/query.ts';
import { type Step, type Unit, unit } from '../theme.ts';
import type { PanelBuilder, PanelSpec } from './panel.ts';
import { type StatSpec, statPanel } from './stat-panel.ts';
import { type TimeseriesSpec, timeseriesPanel } from './timeseries-panel.ts';
import { whyNone } from './why-none.ts';

type Common = Pick<PanelSpec, 'title' | 'shows' | 'bad'>;

export interface FigureOptions
  extends Common,
    Partial<Omit<StatSpec, 'queries' | 'thresholds' | keyof Common>> {
  readonly query: Query;
  readonly thresholds: readonly Step[];
}

/** One figure of the top row, six on a line. */
export function figure({ query, ...spec }: FigureOptions): PanelBuilder {
  const { long, short } = whyNone([query]);
  const common = { unit: unit.count, noValue: short, empty: long, width: 4 };
  return statPanel({ ...common, ...spec, queries: [query] });
}

export interface CurveOptions
  extends Common,
    Partial<Omit<TimeseriesSpec, 'queries' | 'thresholds' | 'unit' | keyof Common>> {
  readonly queries: readonly Query[];
  readonly unit: Unit;
  readonly thresholds: readonly Step[];
}

/** A panel of curves, two on a line. */
export function curves(spec: CurveOptions): PanelBuilder {
  return timeseriesPanel({ noValue: whyNone(spec.queries).long, width: 12, ...spec });
}
