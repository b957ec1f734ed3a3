import {
  type DynamicConfigValue,
  FieldColorModeId,
  MappingType,
  type SpecialValueMap,
  SpecialValueMatch,
  type ThresholdsConfig,
  ThresholdsMode,
  type ValueMap,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { meaning, type Step } from '../theme.ts';

/** A word for a value, and its colour. Words override the colours of thresholds. */
export interface Word {
  readonly text: string;
  readonly color: string;
}

export function thresholdsConfig(steps: readonly Step[]): ThresholdsConfig {
  return {
    mode: ThresholdsMode.Absolute,
    steps: steps.map(({ from, color }) => ({ value: from ?? null, color })),
  };
}

/** Words instead of 0, 1, ... */
export function wordsMapping(words: readonly Word[]): ValueMap {
  return {
    type: MappingType.ValueToText,
    options: Object.fromEntries(words.map((word, index) => [index, { ...word, index }])),
  };
}

/**
 * Text for an absent value. Without a mapping Grafana shows it in the colour of the lowest threshold, which is green: a
 * missing figure would look healthy.
 */
export function absentMapping(text: string, color: string = meaning.baseline): SpecialValueMap {
  return {
    type: MappingType.SpecialValue,
    options: {
      match: SpecialValueMatch.NullAndNan,
      result: { text, color, index: 99 },
    },
  };
}

/** A cell of a table whose background shows its colour. */
export const filledCell = { type: 'color-background', mode: 'basic' } as const;

/** The colour of a cell without a background. */
export const plainCell = 'transparent';

export function fixedColor(color: string): DynamicConfigValue {
  return { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: color } };
}
