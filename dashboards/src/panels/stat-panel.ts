import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { type Word, wordsMapping } from './field-config.ts';
import { describe, type PanelBuilder, type PanelSpec } from './panel.ts';

export interface StatSpec extends PanelSpec {
  readonly decimals?: number;
  /** Words for the values 0, 1, ... */
  readonly words?: readonly Word[];
  /** Shows the name of the series instead of its value: versions. */
  readonly shown?: 'name';
}

/** One figure of the row at the top: large, coloured by its thresholds, with its recent course. */
export function statPanel(spec: StatSpec): PanelBuilder {
  const panel = describe(new StatBuilder(), { height: 4, ...spec })
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .colorMode(BigValueColorMode.Value)
    .graphMode(
      spec.queries[0]?.shape === 'instant' ? BigValueGraphMode.None : BigValueGraphMode.Area,
    )
    .textMode(spec.shown === 'name' ? BigValueTextMode.Name : BigValueTextMode.Value);
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  if (spec.words !== undefined) panel.mappings([wordsMapping(spec.words)]);
  return panel;
}
