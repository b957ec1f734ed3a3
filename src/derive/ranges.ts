import type { Range } from '../snapshot/prediction.ts';

export function always(value: number): Range {
  return { low: value, expected: value, high: value };
}

export function scale({ low, expected, high }: Range, factor: number): Range {
  return { low: low * factor, expected: expected * factor, high: high * factor };
}

export function product(one: Range, other: Range): Range {
  return {
    low: one.low * other.low,
    expected: one.expected * other.expected,
    high: one.high * other.high,
  };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
