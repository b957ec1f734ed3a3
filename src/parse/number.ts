/** A non-negative integer as servers print counters; anything else (sign, suffix, NaN, empty) is `undefined`. */
export function parseCount(text: string): number | undefined {
  return /^\d{1,20}$/.test(text) ? Number(text) : undefined;
}

/** Loads, percentages and seconds are far below; sums and products of what is read must stay finite. */
const largestDecimal = 1e20;

/**
 * A non-negative decimal as C's `%g` and `%f` print it: `12`, `.05`, `5.5e-05`.
 * mod_status drops the leading zero.
 */
export function parseDecimal(text: string): number | undefined {
  if (!/^(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:e[+-]?\d{1,3})?$/i.test(text)) return undefined;
  const value = Number(text);
  return value <= largestDecimal ? value : undefined;
}
