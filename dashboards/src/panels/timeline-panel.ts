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

/** Grafana draws no state timeline of more points than its bars have pixels, only "Too many points". */
const mostStates = 300;
const mostCells = 60;

/** A bar per series, its colour and its word its state: when did what begin and end. */
export function timelinePanel(spec: TimelineSpec): PanelBuilder {
  return (
    describe(new StateTimelineBuilder(), { maxPoints: mostStates, ...spec })
      // Not by thresholds: then the legend shows these instead of the words, and the words' colours do not count.
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

/** A cell per series and interval, coloured by its value: which server, since when. */
export function statusHistoryPanel(spec: PanelSpec): PanelBuilder {
  return describe(new StatusHistoryBuilder(), { maxPoints: mostCells, ...spec })
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
