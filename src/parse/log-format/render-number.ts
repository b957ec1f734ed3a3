import type { NumberField } from './read-field.ts';

/** This number of digits is exact in a double. */
const longestExact = 15;
export const powersOfTen = Float64Array.from(
  { length: longestExact + 1 },
  (_, power) => 10 ** power,
);

const digits = 'while (at < end && (digit = bytes[at] - 48) >= 0 && digit <= 9)';
const zero = 0x30;
const nine = 0x39;
const dot = 0x2e;

/** Whether digits and their decimal point end before the text, because the text begins with neither. */
export function canEndDigits(text: Uint8Array): boolean {
  const [first] = text;
  return first !== dot && (first === undefined || first < zero || first > nine);
}

export interface DigitsCode {
  /** Whether the field does not end at `at`. */
  readonly isLonger: string;
  /** Code that finds the end of the field and reads it, whatever it contains. */
  readonly otherwise: readonly string[];
}

/**
 * Code that reads a plain number into `value` in one pass. Anything else, such as more digits than are exact or other
 * text behind the number, takes the slow path.
 */
export function renderDigits({ isLonger, otherwise }: DigitsCode): readonly string[] {
  return [
    'value = 0;',
    `${digits} { value = value * 10 + digit; at++; }`,
    `if (at < end && bytes[at] === ${dot} && at > field) {`,
    'point = ++at;',
    `${digits} { value = value * 10 + digit; at++; }`,
    `value /= powersOfTen[(at - point) & ${longestExact}];`,
    '}',
    `if (at === field || at > field + ${longestExact} || ${isLonger}) {`,
    'at = field;',
    ...otherwise,
    '}',
  ];
}

/** Code that stores `value` in the record. */
export function renderKeep(field: NumberField, bad: string): readonly string[] {
  const { unit, offset, from, upTo } = field;
  const scaled = unit === 1 && offset === 0 ? 'value' : `value * ${unit} + ${offset}`;
  return [
    'if (value !== -1) {',
    `value = ${scaled};`,
    // NaN is outside of every range.
    `if (value >= ${from} && value <= ${upTo}) record.${field.field} = value; else ${bad}`,
    '}',
  ];
}
