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

/** A word for a value, and its colour: with words, no threshold has a say in it. */
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
 * Words for an absent value. Without a mapping Grafana paints it in the colour of the lowest threshold, which is
 * green: nothing would look like all is well.
 */
export function absentMapping(text: string): SpecialValueMap {
  return {
    type: MappingType.SpecialValue,
    options: {
      match: SpecialValueMatch.NullAndNan,
      result: { text, color: meaning.baseline, index: 99 },
    },
  };
}

export function fixedColor(color: string): DynamicConfigValue {
  return { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: color } };
}
