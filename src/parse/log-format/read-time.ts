import { ABSENT } from '../../snapshot/log-record.ts';
import { decimalOf, isMissing, type NumberReader } from './read-number.ts';

const zero = 0x30;
const dot = 0x2e;
const dash = 0x2d;
const plus = 0x2b;
const colon = 0x3a;
const slash = 0x2f;
const space = 0x20;
const bracket = 0x5b;
const closingBracket = 0x5d;
const letterT = 0x54;
const letterZ = 0x5a;

/** Two digits as a number; NaN, which every sum keeps, for anything else. */
export function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - zero;
  const ones = (bytes[at + 1] ?? 0) - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

const encoder = new TextEncoder();
const monthOfLetters: ReadonlyMap<number, number> = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map(
    (name, month) => [lettersKey(encoder.encode(name), 0), month],
  ),
);

function lettersKey(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

/** 0 for `Jan`; NaN when it is not a month. */
export function monthAt(bytes: Uint8Array, at: number): number {
  return monthOfLetters.get(lettersKey(bytes, at)) ?? Number.NaN;
}

/** Unix time of a day at 00:00 UTC; NaN when there is no such day. */
export function midnightOf(year: number, month: number, day: number): number {
  const milliseconds = Date.UTC(year, month, day);
  const exists = month >= 0 && month <= 11 && new Date(milliseconds).getUTCDate() === day;
  return exists ? milliseconds / 1000 : Number.NaN;
}

/** Seconds since midnight; a leap second is 60. */
export function clockSeconds(hours: number, minutes: number, seconds: number): number {
  return hours < 24 && minutes < 60 && seconds <= 60
    ? hours * 3600 + minutes * 60 + seconds
    : Number.NaN;
}

/** `+0100`, `+01:00` or `Z`, which must end at `end`. */
export function zoneSeconds(bytes: Uint8Array, at: number, end: number): number {
  const sign = bytes[at];
  if (sign === letterZ) return at + 1 === end ? 0 : Number.NaN;
  const minutesAt = bytes[at + 3] === colon ? at + 4 : at + 3;
  if ((sign !== plus && sign !== dash) || minutesAt + 2 !== end) return Number.NaN;
  const seconds = twoDigits(bytes, at + 1) * 3600 + twoDigits(bytes, minutesAt) * 60;
  return sign === dash ? -seconds : seconds;
}

/** The day that was read last: nearly all lines of a log are of the same day as the line before. */
const lastDay = { letters: new Uint8Array(11), midnight: Number.NaN };

/** Unix time of `21/Nov/2026` at 00:00 UTC. */
function readDay(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 11; i++) {
    if (bytes[at + i] !== lastDay.letters[i]) return readOtherDay(bytes, at);
  }
  return lastDay.midnight;
}

function readOtherDay(bytes: Uint8Array, at: number): number {
  lastDay.letters.set(bytes.subarray(at, at + 11));
  const separated = bytes[at + 2] === slash && bytes[at + 6] === slash;
  const year = twoDigits(bytes, at + 7) * 100 + twoDigits(bytes, at + 9);
  const midnight = midnightOf(year, monthAt(bytes, at + 3), twoDigits(bytes, at));
  lastDay.midnight = separated ? midnight : Number.NaN;
  return lastDay.midnight;
}

/** `03:18:00` */
function readClock(bytes: Uint8Array, at: number): number {
  if (bytes[at + 2] !== colon || bytes[at + 5] !== colon) return Number.NaN;
  return clockSeconds(twoDigits(bytes, at), twoDigits(bytes, at + 3), twoDigits(bytes, at + 6));
}

const localTimeLength = 26;

/** `21/Nov/2026:03:18:00 +0000`, with or without brackets (nginx $time_local, Apache %t). */
export const readLocalTime: NumberReader = (bytes, start, end) => {
  if (isMissing(bytes, start, end)) return ABSENT;
  const bracketed = bytes[start] === bracket && bytes[end - 1] === closingBracket;
  const at = bracketed ? start + 1 : start;
  const stop = bracketed ? end - 1 : end;
  if (stop - at !== localTimeLength || bytes[at + 11] !== colon || bytes[at + 20] !== space) {
    return Number.NaN;
  }
  return readDay(bytes, at) + readClock(bytes, at + 12) - zoneSeconds(bytes, at + 21, stop);
};

/** `2026-11-21T03:18:00.123456+00:00`, the fraction is optional; a time without a zone is invalid. */
export const readIsoTime: NumberReader = (bytes, start, end) => {
  if (isMissing(bytes, start, end)) return ABSENT;
  const between = bytes[start + 10];
  if (between !== letterT && between !== space) return Number.NaN;
  if (bytes[start + 4] !== dash || bytes[start + 7] !== dash) return Number.NaN;
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
  const midnight = midnightOf(year, twoDigits(bytes, start + 5) - 1, twoDigits(bytes, start + 8));
  let zoneAt = start + 19;
  if (bytes[zoneAt] === dot) {
    do zoneAt++;
    while (zoneAt < end && ((bytes[zoneAt] ?? 0) - zero) >>> 0 <= 9);
  }
  const fraction = zoneAt > start + 20 ? decimalOf(bytes, start + 20, zoneAt) : 0;
  return (
    midnight +
    readClock(bytes, start + 11) +
    fraction / 10 ** Math.max(0, zoneAt - start - 20) -
    zoneSeconds(bytes, zoneAt, end)
  );
};

/** Unix times are in seconds. A time that would be in the far future is in a finer unit. */
function unixSecondsOf(value: number): number {
  if (value >= 1e14) return value / 1e6;
  return value >= 1e11 ? value / 1e3 : value;
}

/** Any form of time in JSON logs: the name of a key does not determine the form. */
export const readAnyTime: NumberReader = (bytes, start, end) => {
  if (isMissing(bytes, start, end)) return ABSENT;
  if (bytes[start] === bracket || bytes[start + 2] === slash) {
    return readLocalTime(bytes, start, end);
  }
  if (bytes[start + 4] === dash) return readIsoTime(bytes, start, end);
  return unixSecondsOf(decimalOf(bytes, start, end));
};
