const nginxUnits: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  '': 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  M: 2_592_000,
  y: 31_536_000,
};

/** nginx's time in seconds: `75s`, `1m30s`, `500ms`, `60`. */
export function nginxSeconds(text: string): number | undefined {
  if (!/^(?:\d{1,9}(?:ms|[smhdwMy])?\s*)+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, digits = '', unit = ''] of text.matchAll(/(\d+)(ms|[smhdwMy])?/g)) {
    seconds += Number(digits) * (nginxUnits[unit] ?? 1);
  }
  return seconds;
}

/** Apache's time in seconds: `5`, `5s`, `500ms`, `1min`. */
export function apacheSeconds(text: string): number | undefined {
  const [, digits = '', unit = 's'] = /^(\d{1,9})(ms|s|mi|min|h)?$/.exec(text.toLowerCase()) ?? [];
  if (digits === '') return undefined;
  const factor = unit === 'ms' ? 0.001 : unit.startsWith('mi') ? 60 : unit === 'h' ? 3600 : 1;
  return Number(digits) * factor;
}
