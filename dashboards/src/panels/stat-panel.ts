import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { meaning } from '../theme.ts';
import { absentMapping, type Word, wordsMapping } from './field-config.ts';
import { describe, type PanelBuilder, type PanelSpec } from './panel.ts';

export interface StatSpec extends PanelSpec {
  readonly decimals?: number;
  /** Words for the values 0, 1, ... */
  readonly words?: readonly Word[];
  /** Shows a name beside the value or instead of it, such as that of a target. */
  readonly shown?: 'name' | 'value and name';
}

/** One current figure of the top row. An instant query: the last value of a range may be older than an outage. */
export function statPanel(spec: StatSpec): PanelBuilder {
  const panel = describe(new StatBuilder(), {
    height: 4,
    ...spec,
    queries: spec.queries.map((query) => ({ ...query, shape: 'instant' })),
  })
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .colorScheme(colorOf(spec))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    // The name above the value: beside it, both would be smaller.
    .wideLayout(false)
    .textMode(textModes[spec.shown ?? 'value'])
    .mappings([
      ...(spec.words === undefined ? [] : [wordsMapping(spec.words)]),
      absentMapping(spec.noValue),
    ]);
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  return panel;
}

const textModes = {
  value: BigValueTextMode.Value,
  name: BigValueTextMode.Name,
  'value and name': BigValueTextMode.ValueAndName,
} as const;

function colorOf({ words }: StatSpec): FieldColorBuilder {
  return words === undefined
    ? new FieldColorBuilder().mode(FieldColorModeId.Thresholds)
    : new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(meaning.baseline);
}
