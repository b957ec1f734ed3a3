import { parseDuration } from '../config/durations.ts';
import { parseGoDuration } from '../config/go-duration.ts';
import { parseDecimal } from '../parse/number.ts';
import { err, ok, type Result } from '../result.ts';

/** Above it the calculation would take seconds. */
const maximumQuantity = 1_000_000;

const maximumDays = 366;
const maximumMilliseconds = maximumDays * 86_400_000;

/** `7s`, `1m30s` and `500ms` in Prometheus' format, and `1.5s`. */
export function readSeconds(text: string): Result<number, string> {
  const milliseconds = parseDuration(text) ?? (parseGoDuration(text) ?? Number.NaN) / 1e6;
  if (milliseconds > 0 && milliseconds <= maximumMilliseconds) return ok(milliseconds / 1000);
  return err(`want a duration above 0 and up to ${maximumDays}d, such as 7s or 500ms`);
}

/** A number above 0, such as a rate. */
export function readAmount(text: string): Result<number, string> {
  const value = parseDecimal(text);
  if (value !== undefined && value > 0 && value <= maximumQuantity) return ok(value);
  return err('want a number above 0 and up to 1000000');
}

/** A whole number above 0. */
export function readWhole(text: string): Result<number, string> {
  const value = readAmount(text);
  return value.ok && Number.isInteger(value.value)
    ? value
    : err('want a whole number above 0 and up to 1000000');
}

const unitBytes: Readonly<Record<string, number>> = {
  '': 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};

/** `48MiB` and `48M` (binary, as in systemd and containers), or `48MB` (decimal). */
export function readBytes(text: string): Result<number, string> {
  const [, amount = '', unit = '', suffix = ''] =
    /^([\d.]+)\s?([kmgt]?)(iB|B)?$/i.exec(text.trim()) ?? [];
  const value = parseDecimal(amount);
  const factor = unitBytes[unit.toLowerCase()];
  if (value === undefined || value <= 0 || factor === undefined) {
    return err('want a size above 0, such as 48MiB or 2G');
  }
  const decimal = suffix.toLowerCase() === 'b' && unit !== '';
  return ok(value * (decimal ? 1000 ** Math.round(Math.log2(factor) / 10) : factor));
}

export function readHttpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? url : undefined;
}
