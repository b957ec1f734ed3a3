import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Query } from '../queries/query.ts';
import { meaning, type Unit, unit } from '../theme.ts';
import { absentMapping, fixedColor } from './field-config.ts';
import { describe, type PanelBuilder, type PanelSpec } from './panel.ts';

export interface TimeseriesSpec extends PanelSpec {
  /** Colours by the name of the series. Grafana chooses other colours by name, the same on every panel. */
  readonly colors?: Readonly<Record<string, string>>;
  readonly drawn?: 'stacked';
  readonly max?: number;
  readonly decimals?: number;
  /** Which curve is the worst, and therefore first in the legend. Default: the highest. */
  readonly worst?: 'lowest';
}

/** Curves with a legend of figures; thresholds are dashed lines. */
export function timeseriesPanel(spec: TimeseriesSpec): PanelBuilder {
  const panel = describe(new TimeseriesBuilder(), spec)
    .min(0)
    .mappings([absentMapping('–')])
    .legend(legendOfFigures(spec))
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    )
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(thresholdStyle(spec)))
    .lineWidth(spec.drawn === 'stacked' ? 0 : 1)
    .fillOpacity(fillOf(spec))
    .showPoints(VisibilityMode.Never)
    // A gap shows that the server did not answer. A joined line would hide it.
    .spanNulls(false)
    .stacking(new StackingConfigBuilder().mode(stackingMode(spec)).group('A'));
  // Otherwise Grafana draws zeros in the middle of the axis.
  if (spec.max === undefined) panel.axisSoftMax(softMaximum[spec.unit]);
  else panel.max(spec.max);
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  for (const [series, color] of Object.entries(spec.colors ?? {})) {
    panel.overrideByName(series, [fixedColor(color)]);
  }
  return panel.overrideByName('limit', limitLine);
}

/** Minimum range of an axis: zeros are at the bottom, and noise does not fill the panel. */
const softMaximum: Readonly<Record<Unit, number>> = {
  [unit.ratio]: 0.05,
  [unit.seconds]: 0.05,
  [unit.requestsPerSecond]: 1,
  [unit.eventsPerSecond]: 1,
  [unit.bytes]: 1_024,
  [unit.bytesPerSecond]: 1_024,
  [unit.count]: 5,
  [unit.factor]: 1,
  [unit.text]: 1,
};

/** A stack needs the height and, with two on a line of 1,000 pixels, the width: its legend is a short list below. */
function legendOfFigures({ drawn, queries, worst }: TimeseriesSpec) {
  const stacked = drawn === 'stacked';
  const extreme = worst === 'lowest' ? 'min' : 'max';
  const legend = new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(stacked ? LegendDisplayMode.List : LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .calcs(stacked ? ['last'] : ['last', extreme]);
  // With fifty curves the legend shows three, so the worst come first. Curves with fixed names keep their order.
  if (!isOfSeries(queries)) return legend;
  return legend.sortBy(worst === 'lowest' ? 'Min' : 'Max').sortDesc(worst !== 'lowest');
}

/** Whether the number of curves depends on the number of series. */
function isOfSeries(queries: readonly Query[]): boolean {
  return queries.every(({ legend }) => legend.includes('{{'));
}

/** Many overlapping areas would look like one grey area. */
function fillOf({ drawn, queries }: TimeseriesSpec): number {
  if (drawn === 'stacked') return 85;
  return isOfSeries(queries) ? 0 : 8;
}

function thresholdStyle({ thresholds }: TimeseriesSpec): GraphThresholdsStyleMode {
  return thresholds.length > 1 ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off;
}

function stackingMode({ drawn }: TimeseriesSpec): StackingMode {
  return drawn === 'stacked' ? StackingMode.Normal : StackingMode.None;
}

/** A dashed line over the stack. */
const limitLine: DynamicConfigValue[] = [
  fixedColor(meaning.limit),
  { id: 'custom.stacking', value: { mode: StackingMode.None, group: 'limit' } },
  { id: 'custom.lineWidth', value: 2 },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 6] } },
];
