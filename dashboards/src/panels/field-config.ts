import {
  type DynamicConfigValue,
  FieldColorModeId,
  MappingType,
  type ThresholdsConfig,
  ThresholdsMode,
  type ValueMap,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Step } from '../theme.ts';

/** A word for a value, and its colour where it is not that of the thresholds. */
export interface Word {
  readonly text: string;
  readonly color?: string;
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

export function fixedColor(color: string): DynamicConfigValue {
  return { id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: color } };
}
