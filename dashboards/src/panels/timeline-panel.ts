import {
  LegendDisplayMode,
  LegendPlacement,
  VisibilityMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as StatusHistoryBuilder } from '@grafana/grafana-foundation-sdk/statushistory';
import { fixedColor, type Word, wordsMapping } from './field-config.ts';
import { describe, type PanelBuilder, type PanelSpec } from './panel.ts';

export interface TimelineSpec extends PanelSpec {
  /** Words and colours for the values 0, 1, ... */
  readonly words: readonly Word[];
  /** Colour of the bars of the series whose name ends so, whatever their value: `: ok`. */
  readonly colorBySuffix?: Readonly<Record<string, string>>;
}

/** A bar per series, its colour its state: when did what begin and end. */
export function timelinePanel(spec: TimelineSpec): PanelBuilder {
  const panel = describe(new StateTimelineBuilder(), spec)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .mappings([wordsMapping(spec.words)])
    .legend(listLegend())
    .mergeValues(true)
    .showValue(VisibilityMode.Never)
    .rowHeight(0.8)
    .spanNulls(false);
  for (const [suffix, color] of Object.entries(spec.colorBySuffix ?? {})) {
    panel.overrideByRegexp(`/${suffix}$/`, [fixedColor(color), { id: 'mappings', value: [] }]);
  }
  return panel;
}

/** A cell per series and interval, coloured by its value: which server, since when. */
export function statusHistoryPanel(spec: PanelSpec): PanelBuilder {
  return describe(new StatusHistoryBuilder(), spec)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .legend(listLegend())
    .showValue(VisibilityMode.Never)
    .rowHeight(0.8);
}

function listLegend() {
  return new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .calcs([]);
}
