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
import { meaning } from '../theme.ts';
import { fixedColor } from './field-config.ts';
import { describe, type PanelBuilder, type PanelSpec } from './panel.ts';

export interface TimeseriesSpec extends PanelSpec {
  /** Colour by name of series; other series are coloured by name, the same on every panel. */
  readonly colors?: Readonly<Record<string, string>>;
  readonly drawn?: 'stacked';
  readonly max?: number;
  readonly decimals?: number;
}

/** Curves, with a legend of figures, and the thresholds as dashed lines where there are any. */
export function timeseriesPanel(spec: TimeseriesSpec): PanelBuilder {
  const panel = describe(new TimeseriesBuilder(), spec)
    .min(0)
    .legend(legendOfFigures())
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    )
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(thresholdStyle(spec)))
    .lineWidth(spec.drawn === 'stacked' ? 0 : 1)
    .fillOpacity(spec.drawn === 'stacked' ? 85 : 8)
    .showPoints(VisibilityMode.Never)
    // A gap is news: the server did not answer. Joining it would draw a quiet server instead.
    .spanNulls(false)
    .stacking(new StackingConfigBuilder().mode(stackingMode(spec)).group('A'));
  if (spec.max !== undefined) panel.max(spec.max);
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  for (const [series, color] of Object.entries(spec.colors ?? {})) {
    panel.overrideByName(series, [fixedColor(color)]);
  }
  return panel.overrideByName('limit', limitLine);
}

function legendOfFigures() {
  return new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .calcs(['lastNotNull', 'mean', 'max']);
}

function thresholdStyle({ thresholds }: TimeseriesSpec): GraphThresholdsStyleMode {
  return thresholds.length > 1 ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off;
}

function stackingMode({ drawn }: TimeseriesSpec): StackingMode {
  return drawn === 'stacked' ? StackingMode.Normal : StackingMode.None;
}

/** The capacity over the stack of what fills it. */
const limitLine: DynamicConfigValue[] = [
  fixedColor(meaning.limit),
  { id: 'custom.stacking', value: { mode: StackingMode.None, group: 'limit' } },
  { id: 'custom.lineWidth', value: 2 },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 6] } },
];
