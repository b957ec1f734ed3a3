const unitNanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

const term = /(\d{1,12}(?:\.\d{0,9})?)(ns|us|µs|ms|s|m|h)/g;

/**
 * Nanoseconds of a duration as Go's time.ParseDuration reads it (`1m30s`, `1.5s`, `0`), or `undefined`.
 * The web config uses Go's format, not that of Prometheus: it has no days and weeks.
 */
export function parseGoDuration(text: string): number | undefined {
  if (/^[-+]?0$/.test(text)) return 0;
  const unsigned = text.replace(/^[-+]/, '');
  if (unsigned === '' || unsigned.replace(term, '') !== '') return undefined;
  let total = 0;
  for (const [, amount, unit] of unsigned.matchAll(term)) {
    total += Number(amount) * (unitNanoseconds[unit ?? ''] ?? 0);
  }
  return text.startsWith('-') ? -total : total;
}
