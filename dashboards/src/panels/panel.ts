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
import { datasource, type Shown } from '../variables.ts';
import { thresholdsConfig } from './field-config.ts';

/** The properties of every panel. */
export interface PanelSpec {
  readonly title: string;
  /** What the panel shows, and the source of its figures. */
  readonly shows: string;
  /** Which values are bad, and what to do then. */
  readonly bad: string;
  readonly unit: Unit;
  readonly thresholds: readonly Step[];
  /** Text for a panel without series: the likely reason. */
  readonly noValue: string;
  /** The reason in full, where `noValue` must be short. */
  readonly empty?: string;
  readonly queries: readonly Query[];
  /** Of 24 columns. */
  readonly width: number;
  readonly height?: number;
  readonly links?: readonly DrillDown[];
  /** Maximum number of points, so that cells stay wide enough to be visible. */
  readonly maxPoints?: number;
  /** One panel for each target of that variable, with its name in the title. */
  readonly repeat?: Shown;
  /** Minimum distance between points. Default: `minInterval`. */
  readonly interval?: string;
}

/** A panel in the making. */
export type PanelBuilder = cog.Builder<Panel>;

/**
 * Minimum distance between points: two scrapes at the advised interval of 15 s. Points closer than scrapes would turn
 * rates into combs.
 */
const minInterval = '30s';

/** The common methods of the SDK's panel builders, which share no type. */
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

/** Applies the common properties to a builder. */
export function describe<B extends AnyPanelBuilder>(builder: B, spec: PanelSpec): B {
  if (spec.maxPoints !== undefined) builder.maxDataPoints(spec.maxPoints);
  if (spec.repeat !== undefined) builder.repeat(spec.repeat).maxPerRow(2);
  return builder
    .title(spec.title)
    .description(descriptionOf(spec))
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

function descriptionOf({ shows, bad, empty }: PanelSpec): string {
  return [shows, `**Bad:** ${bad}`, ...(empty === undefined ? [] : [`**Empty:** ${empty}.`])].join(
    '\n\n',
  );
}

/** How to run a query, by the shape of its result. */
const runAs = {
  series: (target: DataqueryBuilder) => target.format(PromQueryFormat.TimeSeries).range(),
  instant: (target: DataqueryBuilder) => target.format(PromQueryFormat.TimeSeries).instant(),
  table: (target: DataqueryBuilder) => target.format(PromQueryFormat.Table).instant(),
  heatmap: (target: DataqueryBuilder) => target.format(PromQueryFormat.Heatmap).range(),
} as const;

/** `finishDashboard` names the targets A, B, C. */
function buildTarget({ expr, legend, shape }: Query): cog.Builder<cog.Dataquery> {
  const target = new DataqueryBuilder()
    .datasource(datasource)
    .expr(expr)
    .legendFormat(legend)
    .editorMode(QueryEditorMode.Code);
  return runAs[shape ?? 'series'](target);
}

function buildDataLink({ title, url }: DrillDown): cog.Builder<DashboardLink> {
  return new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url);
}
