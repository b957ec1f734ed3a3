/**
 * Template texts: `%(name)s` is a value and `%%` a percent sign, as in jsonnet and Python format strings.
 * alerts/mixin/render.libsonnet fills the same texts for the mixin; a test checks that both produce the same bytes.
 */
export type Values = Readonly<Record<string, string>>;

/** Throws for a name without a value and for a single percent sign: both are errors in a template. */
export function fillText(text: string, values: Values): string {
  return text.replaceAll(/%(?:\((\w+)\)s|(%)|)/g, (found, name?: string, percent?: string) => {
    if (percent !== undefined) return '%';
    const value = name === undefined ? undefined : values[name];
    if (value === undefined) throw new Error(`Cannot fill "${found}" in "${text}": no such value`);
    return value;
  });
}

const maxDecimals = 6;

/** With as few decimals as it needs: 14.4 x (1 - 0.999) is 0.014400000000000013 in floating point. */
export function formatNumber(value: number): string {
  for (let decimals = 0; decimals < maxDecimals; decimals++) {
    const power = 10 ** decimals;
    const rounded = Math.floor(value * power + 0.5) / power;
    if (Math.abs(rounded - value) < 1e-9) return rounded.toFixed(decimals);
  }
  return value.toFixed(maxDecimals);
}
