import {
  LegendDisplayMode,
  LegendPlacement,
  VisibilityMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as StatusHistoryBuilder } from '@grafana/grafana-foundation-sdk/statushistory';
import { meaning } from '../theme.ts';
import { type Word, wordsMapping } from './field-config.ts';
import { describe, type PanelBuilder, type PanelSpec } from './panel.ts';

export interface TimelineSpec extends PanelSpec {
  /** Words and colours for the values 0, 1, ... */
  readonly words: readonly Word[];
}

/** With more points than pixels, Grafana shows "Too many points" instead of a state timeline. */
const maxStates = 300;
const maxCells = 60;

/** A bar for each series: colour and word show its state over time. */
export function timelinePanel(spec: TimelineSpec): PanelBuilder {
  return (
    describe(new StateTimelineBuilder(), { maxPoints: maxStates, ...spec })
      // Not by thresholds: the legend would show these instead of the words and their colours.
      .colorScheme(
        new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(meaning.baseline),
      )
      .mappings([wordsMapping(spec.words)])
      .legend(listLegend())
      .mergeValues(true)
      .showValue(VisibilityMode.Auto)
      .rowHeight(0.8)
      .spanNulls(false)
  );
}

/** A cell for each series and interval, coloured by its value. */
export function statusHistoryPanel(spec: PanelSpec): PanelBuilder {
  return describe(new StatusHistoryBuilder(), { maxPoints: maxCells, ...spec })
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
