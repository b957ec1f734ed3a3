import {
  ABSENT,
  http09,
  type LogRecord,
  logMethods,
  logProtocols,
  noMethod,
  noProtocol,
  otherMethod,
  otherProtocol,
} from '../../snapshot/log-record.ts';

/** Reads the field in `bytes[start, end)` into the record; false when the line does not follow its format. */
export type RecordReader = (
  bytes: Uint8Array,
  start: number,
  end: number,
  record: LogRecord,
) => boolean;

/** Reads one number: ABSENT where the server had no value, NaN when the line does not follow its format. */
export type NumberReader = (bytes: Uint8Array, start: number, end: number) => number;

/** A number of the record: what the log says times `unit`, plus `offset`. */
export interface NumberField {
  readonly field:
    | 'requestSeconds'
    | 'upstreamConnectSeconds'
    | 'upstreamResponseSeconds'
    | 'bytes'
    | 'requestOnConnection'
    | 'unixSeconds';
  readonly read: NumberReader;
  readonly unit: number;
  readonly offset: number;
}

export type FieldReader = RecordReader | NumberField;

const zero = 0x30;
const nine = 0x39;
const dot = 0x2e;
const dash = 0x2d;
const space = 0x20;
const comma = 0x2c;
const colon = 0x3a;

/** `-` or nothing: the server had no value. */
function isMissing(bytes: Uint8Array, start: number, end: number): boolean {
  return start === end || (end === start + 1 && bytes[start] === dash);
}

/** A non-negative decimal, NaN when the bytes are none. */
function decimalOf(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return Number.NaN;
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

/** nginx's own code for a client that closed before the response (NGX_HTTP_CLIENT_CLOSED_REQUEST). */
const clientClosedRequest = 499;

/** `"200"`, and `-` where the server had none: nginx logs 000 or - for a connection it closed. */
export const readStatus: RecordReader = (bytes, start, end, record) => {
  if (isMissing(bytes, start, end)) {
    record.status = 0;
    return true;
  }
  const value = decimalOf(bytes, start, end);
  if (!Number.isInteger(value)) return false;
  record.status = value;
  if (value === clientClosedRequest) record.aborted = true;
  return true;
};

/** `0.001, - : 0.020`: tries within a group by `, `, groups by ` : `; the sum, ABSENT when none has a value. */
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

const encoder = new TextEncoder();
const methodBytes = logMethods.slice(0, otherMethod).map((name) => encoder.encode(name));
const protocolBytes = logProtocols.slice(0, otherProtocol).map((name) => encoder.encode(name));
/** Some servers and proxies write the version without its zero. */
const shortProtocols = ['HTTP/2', 'HTTP/3'].map((name) => encoder.encode(name));

function matches(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): boolean {
  if (end - start !== wanted.length) return false;
  // From the last byte, in which names of one length differ: HTTP/1.0, HTTP/1.1.
  for (let i = wanted.length - 1; i >= 0; i--) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}

function indexOfWord(
  words: readonly Uint8Array[],
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
): number {
  for (let i = 0; i < words.length; i++) {
    if (matches(bytes, start, end, words[i] as Uint8Array)) return i;
  }
  return -1;
}

export const readMethod: RecordReader = (bytes, start, end, record) => {
  if (isMissing(bytes, start, end)) record.method = noMethod;
  else {
    const known = indexOfWord(methodBytes, bytes, { start, end });
    record.method = known === -1 ? otherMethod : known;
  }
  return true;
};

export const readProtocol: RecordReader = (bytes, start, end, record) => {
  if (isMissing(bytes, start, end)) record.protocol = noProtocol;
  else {
    const known = indexOfWord(protocolBytes, bytes, { start, end });
    const short = known === -1 ? indexOfWord(shortProtocols, bytes, { start, end }) : -1;
    record.protocol =
      known !== -1 ? known : short !== -1 ? otherProtocol - 2 + short : otherProtocol;
  }
  return true;
};

/** `GET /path HTTP/1.1`; without a protocol it is HTTP/0.9; `-` or nothing when no request came. */
export const readRequest: RecordReader = (bytes, start, end, record) => {
  if (isMissing(bytes, start, end)) {
    record.requestEmpty = true;
    return true;
  }
  let first = start;
  while (first < end && bytes[first] !== space) first++;
  readMethod(bytes, start, first, record);
  let last = end - 1;
  while (last > first && bytes[last] !== space) last--;
  if (last > first) readProtocol(bytes, last + 1, end, record);
  else if (first < end && record.method !== otherMethod) record.protocol = http09;
  return true;
};

/** Apache `%X`: `X` aborted before the response was complete, `+` kept alive, `-` closed. */
export const readConnectionStatus: RecordReader = (bytes, start, end, record) => {
  if (end === start + 1 && bytes[start] === 0x58) record.aborted = true;
  return true;
};

/** Two digits as a number; of other bytes some number. */
function twoDigits(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) - zero) * 10 + ((bytes[at + 1] as number) - zero);
}

const monthOfLetters: ReadonlyMap<number, number> = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map(
    (name, month) => [lettersKey(encoder.encode(name), 0), month],
  ),
);

function lettersKey(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

function zoneSeconds(bytes: Uint8Array, at: number): number {
  const hours = twoDigits(bytes, at + 1);
  const minutesAt = bytes[at + 3] === colon ? at + 4 : at + 3;
  const seconds = hours * 3600 + twoDigits(bytes, minutesAt) * 60;
  return bytes[at] === dash ? -seconds : seconds;
}

/** Midnight of the day read last: the lines of a log are of the same day but for one a day. */
const lastDay = { letters: 0, dayAndYear: 0, midnight: Number.NaN };

/** Unix time of `21/Nov/2026` at 00:00 UTC, NaN when it names no month. */
function readDay(bytes: Uint8Array, at: number): number {
  const letters = lettersKey(bytes, at + 3);
  const day = twoDigits(bytes, at);
  const year = twoDigits(bytes, at + 7) * 100 + twoDigits(bytes, at + 9);
  const dayAndYear = day * 10_000 + year;
  if (letters !== lastDay.letters || dayAndYear !== lastDay.dayAndYear) {
    const month = monthOfLetters.get(letters);
    lastDay.letters = letters;
    lastDay.dayAndYear = dayAndYear;
    lastDay.midnight = month === undefined ? Number.NaN : Date.UTC(year, month, day) / 1000;
  }
  return lastDay.midnight;
}

/** Seconds since midnight of `03:18:00`. */
function readClock(bytes: Uint8Array, at: number): number {
  return twoDigits(bytes, at) * 3600 + twoDigits(bytes, at + 3) * 60 + twoDigits(bytes, at + 6);
}

/** `21/Nov/2026:03:18:00 +0000`, with or without brackets (nginx $time_local, Apache %t). */
export const readLocalTime: RecordReader = (bytes, start, end, record) => {
  const at = bytes[start] === 0x5b ? start + 1 : start;
  if (end - at < 26) return isMissing(bytes, start, end);
  const midnight = readDay(bytes, at);
  if (Number.isNaN(midnight)) return false;
  record.unixSeconds = midnight + readClock(bytes, at + 12) - zoneSeconds(bytes, at + 21);
  return true;
};

/** `2026-11-21T03:18:00+00:00` (nginx $time_iso8601). */
export const readIsoTime: RecordReader = (bytes, start, end, record) => {
  if (end - start < 20) return isMissing(bytes, start, end);
  const utc = Date.UTC(
    twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2),
    twoDigits(bytes, start + 5) - 1,
    twoDigits(bytes, start + 8),
  );
  const zoned = end - start >= 25;
  record.unixSeconds =
    utc / 1000 + readClock(bytes, start + 11) - (zoned ? zoneSeconds(bytes, start + 19) : 0);
  return true;
};

/** The place of the host in the allow-list, or its length for any other. */
export function vhostReader(vhosts: readonly string[]): RecordReader {
  const words = vhosts.map((name) => encoder.encode(name));
  return (bytes, start, end, record) => {
    const known = indexOfWord(words, bytes, { start, end });
    record.vhost = known === -1 ? words.length : known;
    return true;
  };
}
