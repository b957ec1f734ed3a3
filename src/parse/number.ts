/** A non-negative integer as servers print counters; anything else (sign, suffix, NaN, empty) is `undefined`. */
export function parseCount(text: string): number | undefined {
  return /^\d{1,20}$/.test(text) ? Number(text) : undefined;
}

/** Loads, percentages and seconds are far below this; sums and products of them must stay finite. */
const largestDecimal = 1e20;

/** A non-negative decimal as `%g` and `%f` of C print it: `12`, `.05`, `5.5e-05`. mod_status omits the leading zero. */
export function parseDecimal(text: string): number | undefined {
  if (!/^(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:e[+-]?\d{1,3})?$/i.test(text)) return undefined;
  const value = Number(text);
  return value <= largestDecimal ? value : undefined;
}
