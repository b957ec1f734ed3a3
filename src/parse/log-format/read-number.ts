import { ABSENT } from '../../snapshot/log-record.ts';

/** Reads one number: ABSENT where the server had no value, NaN when the bytes are not a number. */
export type NumberReader = (bytes: Uint8Array, start: number, end: number) => number;

const zero = 0x30;
const nine = 0x39;
const dot = 0x2e;
const dash = 0x2d;
const space = 0x20;
const comma = 0x2c;
const colon = 0x3a;

/** No server writes longer numbers. A thousand digits would be infinite, and so would every sum with them. */
const longestNumber = 24;

/** `-` or nothing: the server had no value. */
export function isMissing(bytes: Uint8Array, start: number, end: number): boolean {
  return start === end || (end === start + 1 && bytes[start] === dash);
}

/** A non-negative decimal; NaN for anything else. */
export function decimalOf(bytes: Uint8Array, start: number, end: number): number {
  if (start === end || end - start > longestNumber) return Number.NaN;
  let value = 0;
  let scale = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte >= zero && byte <= nine) {
      value = value * 10 + (byte - zero);
      scale *= 10;
    } else if (byte === dot && scale === 0 && i > start) scale = 1;
    else return Number.NaN;
  }
  return scale > 1 ? value / scale : value;
}

/** `0.250` or `-`. */
export const readDecimal: NumberReader = (bytes, start, end) =>
  isMissing(bytes, start, end) ? ABSENT : decimalOf(bytes, start, end);

/**
 * `0.001, - : 0.020`: tries within a group are separated by `, `, groups by ` : `. The result is the sum, or ABSENT
 * without any value.
 */
export const readUpstream: NumberReader = (bytes, start, end) => {
  let sum = ABSENT;
  let from = start;
  for (let i = start; i <= end; i++) {
    const byte = i === end ? space : bytes[i];
    if (byte !== space && byte !== comma && byte !== colon) continue;
    const value = readDecimal(bytes, from, i);
    if (value !== ABSENT) sum = sum === ABSENT ? value : sum + value;
    from = i + 1;
  }
  return sum;
};
