import { TooltipDisplayMode } from '@grafana/grafana-foundation-sdk/common';
import {
  PanelBuilder as HeatmapBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapTooltipBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { describe, type PanelBuilder, type PanelSpec } from './panel.ts';

/** The buckets of a histogram over time; `unit` is that of the bounds. */
export function heatmapPanel(spec: PanelSpec): PanelBuilder {
  return describe(new HeatmapBuilder(), { maxPoints: 120, ...spec })
    .calculate(false)
    .cellGap(1)
    .yAxis(new YAxisConfigBuilder().unit(spec.unit))
    .color(
      // Cividis looks the same to colour-blind people.
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Cividis')
        .fill('dark-orange')
        .exponent(0.5)
        .steps(64)
        .reverse(false),
    )
    .tooltip(new HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single).yHistogram(true))
    .showLegend();
}
