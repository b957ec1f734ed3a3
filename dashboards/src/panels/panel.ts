import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import type * as common from '@grafana/grafana-foundation-sdk/common';
import {
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  type ThresholdsConfig,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  DataqueryBuilder,
  PromQueryFormat,
  QueryEditorMode,
} from '@grafana/grafana-foundation-sdk/prometheus';
import type { DrillDown } from '../links.ts';
import type { Query } from '../queries/query.ts';
import type { Step, Unit } from '../theme.ts';
import { datasource } from '../variables.ts';
import { thresholdsConfig } from './field-config.ts';

/** What every panel has to say. */
export interface PanelSpec {
  readonly title: string;
  /** What is drawn, and where the figure comes from. */
  readonly shows: string;
  /** What trouble looks like here, and where to look next. */
  readonly bad: string;
  readonly unit: Unit;
  readonly thresholds: readonly Step[];
  /** Shown when there is no series: the likely reason. */
  readonly noValue: string;
  readonly queries: readonly Query[];
  /** Of 24 columns. */
  readonly width: number;
  readonly height?: number;
  readonly links?: readonly DrillDown[];
  /** Most points asked for: cells that must stay wide enough to be seen. */
  readonly maxPoints?: number;
  /** `shown`: one panel for each target of that variable, whose name stands in the title. */
  readonly repeat?: 'shown';
  /** Least distance of points; absent: `minInterval`. */
  readonly interval?: string;
}

/** A panel in the making. */
export type PanelBuilder = cog.Builder<Panel>;

/**
 * Least distance of points: two scrapes at the advised 15 s. Without it a narrow range asks for points
 * closer than scrapes, and rates turn into combs.
 */
const minInterval = '30s';

/** The part that the SDK's panel builders have in common; they share no type. */
interface AnyPanelBuilder {
  title(text: string): this;
  description(text: string): this;
  datasource(ref: common.DataSourceRef): this;
  unit(id: string): this;
  thresholds(config: cog.Builder<ThresholdsConfig>): this;
  noValue(text: string): this;
  interval(text: string): this;
  maxDataPoints(points: number): this;
  repeat(variable: string): this;
  maxPerRow(panels: number): this;
  span(columns: number): this;
  height(rows: number): this;
  targets(targets: cog.Builder<cog.Dataquery>[]): this;
  dataLinks(links: cog.Builder<DashboardLink>[]): this;
}

/** Gives a builder all that every panel has to say. */
export function describe<B extends AnyPanelBuilder>(builder: B, spec: PanelSpec): B {
  if (spec.maxPoints !== undefined) builder.maxDataPoints(spec.maxPoints);
  if (spec.repeat !== undefined) builder.repeat(spec.repeat).maxPerRow(2);
  return builder
    .title(spec.title)
    .description(`${spec.shows}\n\n**Bad:** ${spec.bad}`)
    .datasource(datasource)
    .unit(spec.unit)
    .thresholds({ build: () => thresholdsConfig(spec.thresholds) })
    .noValue(spec.noValue)
    .interval(spec.interval ?? minInterval)
    .span(spec.width)
    .height(spec.height ?? 9)
    .targets(spec.queries.map(buildTarget))
    .dataLinks((spec.links ?? []).map(buildDataLink));
}

/** How a query is asked and what shape its answer takes, by the query's own shape. */
const asking = {
  series: (target: DataqueryBuilder) => target.format(PromQueryFormat.TimeSeries).range(),
  instant: (target: DataqueryBuilder) => target.format(PromQueryFormat.TimeSeries).instant(),
  table: (target: DataqueryBuilder) => target.format(PromQueryFormat.Table).instant(),
  heatmap: (target: DataqueryBuilder) => target.format(PromQueryFormat.Heatmap).range(),
} as const;

/** The post-pass names the targets A, B, C. */
function buildTarget({ expr, legend, shape }: Query): cog.Builder<cog.Dataquery> {
  const target = new DataqueryBuilder()
    .datasource(datasource)
    .expr(expr)
    .legendFormat(legend)
    .editorMode(QueryEditorMode.Code);
  return asking[shape ?? 'series'](target);
}

function buildDataLink({ title, url }: DrillDown): cog.Builder<DashboardLink> {
  return new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url);
}
