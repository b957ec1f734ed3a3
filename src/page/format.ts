/** `64.7%`. A ratio above 0 is never shown as 0.0%, nor one below 1 as 100.0%: that would hide the last slot. */
export function formatPercent(ratio: number): string {
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.1) return '<0.1%';
  if (percent < 100 && percent > 99.9) return '99.9%';
  return `${percent.toFixed(1)}%`;
}

/** Whole numbers with a thin space between thousands (ISO 80000-1): comma and point are ambiguous across languages. */
export function formatCount(count: number): string {
  return String(count).replace(/(?<=\d)(?=(?:\d{3})+$)/g, '\u2009');
}

/** `512 B`, `1.5 KiB`, `2.0 GiB`. */
export function formatBytes(bytes: number): string {
  const last = byteUnits.length - 1;
  const power = Math.min(last, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${byteUnits[power]}`;
}

/** The two largest units: `3 d 4 h`, `12 min 5 s`, `42 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = units.map(({ name, size, of }) => ({
    name,
    count: Math.floor(whole / size) % of,
  }));
  const first = parts.findIndex(({ count }) => count > 0);
  if (first === -1) return '0 s';
  const shown = parts.slice(first, first + 2).filter(({ count }) => count > 0);
  return shown.map(({ name, count }) => `${count} ${name}`).join(' ');
}

/** How long ago `atSeconds` was. A time in the future, after the clock was set back, counts as now. */
export function formatAge(atSeconds: number, nowSeconds: number): string {
  const age = nowSeconds - atSeconds;
  return age < 1 ? 'just now' : `${formatDuration(age)} ago`;
}

/** Duration of a poll: `4.2 ms`, `1.50 s`. */
export function formatLatency(seconds: number): string {
  return seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

const units = [
  { name: 'd', size: 86_400, of: Number.POSITIVE_INFINITY },
  { name: 'h', size: 3_600, of: 24 },
  { name: 'min', size: 60, of: 60 },
  { name: 's', size: 1, of: 60 },
] as const;
