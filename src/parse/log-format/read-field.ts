import {
  type CheckedField,
  clientClosedRequest,
  http09,
  type LogRecord,
  logMethods,
  logProtocols,
  noMethod,
  noProtocol,
  otherMethod,
  otherProtocol,
} from '../../snapshot/log-record.ts';
import { type HashKey, hashAddress } from './hash-address.ts';
import { decimalOf, isMissing, type NumberReader } from './read-number.ts';

/** Reads the field in `bytes[start, end)` into the record; false when it cannot be read. */
export type RecordReader = (
  bytes: Uint8Array,
  start: number,
  end: number,
  record: LogRecord,
) => boolean;

/**
 * A number of the record: the logged value times `unit`, plus `offset`. A value outside of `from` to `upTo` is invalid.
 */
export interface NumberField {
  readonly field:
    | 'requestSeconds'
    | 'upstreamConnectSeconds'
    | 'upstreamResponseSeconds'
    | 'bytes'
    | 'requestOnConnection'
    | 'unixSeconds'
    | 'remotePort'
    | 'connection';
  readonly read: NumberReader;
  /**
   * How to avoid calling `read`: `digits` where the value is a plain number, `same` where consecutive lines mostly have
   * the same text.
   */
  readonly quick: 'digits' | 'same';
  readonly unit: number;
  readonly offset: number;
  readonly from: number;
  readonly upTo: number;
}

export interface FieldReader {
  readonly read: RecordReader | NumberField;
  /** The name under which unreadable values are counted; absent where any bytes are readable. */
  readonly checked?: CheckedField;
}

const space = 0x20;
const colon = 0x3a;

/** `"200"`, or `-` without a status: nginx logs 000 or - for a connection it closed. */
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

const encoder = new TextEncoder();
const methodBytes = logMethods.slice(0, otherMethod).map((name) => encoder.encode(name));
const protocolBytes = logProtocols.slice(0, otherProtocol).map((name) => encoder.encode(name));
/** Some servers and proxies omit the minor version. */
const shortProtocols = ['HTTP/2', 'HTTP/3'].map((name) => encoder.encode(name));

/** Compares from the last byte, in which names of the same length differ: HTTP/1.0, HTTP/1.1. */
function matches(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let i = wanted.length - 1; i >= 0; i--) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}

function indexOfWord(
  words: readonly Uint8Array[],
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const length = end - start;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as Uint8Array;
    if (word.length === length && matches(bytes, start, word)) return i;
  }
  return -1;
}

export const readMethod: RecordReader = (bytes, start, end, record) => {
  if (isMissing(bytes, start, end)) record.method = noMethod;
  else {
    const known = indexOfWord(methodBytes, bytes, start, end);
    record.method = known === -1 ? otherMethod : known;
  }
  return true;
};

export const readProtocol: RecordReader = (bytes, start, end, record) => {
  if (isMissing(bytes, start, end)) record.protocol = noProtocol;
  else {
    const known = indexOfWord(protocolBytes, bytes, start, end);
    const short = known === -1 ? indexOfWord(shortProtocols, bytes, start, end) : -1;
    record.protocol =
      known !== -1 ? known : short !== -1 ? otherProtocol - 2 + short : otherProtocol;
  }
  return true;
};

/** `GET /path HTTP/1.1`; without a protocol it is HTTP/0.9; `-` or nothing when no request was received. */
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
  if (end !== start + 1) return true;
  const byte = bytes[start];
  if (byte === 0x2b) record.keptOpen = 1;
  else if (byte === 0x2d || byte === 0x58) record.keptOpen = 0;
  if (byte === 0x58) record.aborted = true;
  return true;
};

/** `203.0.113.9`, as a keyed hash; absent for a `-`. */
export function addressReader(key: HashKey): RecordReader {
  return (bytes, start, end, record) => {
    if (!isMissing(bytes, start, end)) record.client = hashAddress(bytes, start, end, key);
    return true;
  };
}

/** The index of the host in the allow-list, or its length for any other host. Port and brackets do not matter. */
export function vhostReader(vhosts: readonly string[]): RecordReader {
  const words = vhosts.map((name) => encoder.encode(name.replace(/^\[(.*)\]$/, '$1')));
  return (bytes, start, end, record) => {
    const whole = indexOfWord(words, bytes, start, end);
    const known = whole === -1 && words.length > 0 ? indexOfHost(words, bytes, start, end) : whole;
    record.vhost = known === -1 ? words.length : known;
    return true;
  };
}

const bracket = 0x5b;
const closingBracket = 0x5d;

/** `shop.example:8080` and `[2001:db8::1]:8080`, without port and brackets. */
function indexOfHost(
  words: readonly Uint8Array[],
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const bracketed = bytes[start] === bracket;
  const from = bracketed ? start + 1 : start;
  const stop = bracketed ? closingBracket : colon;
  let at = from;
  while (at < end && bytes[at] !== stop) at++;
  return indexOfWord(words, bytes, from, at);
}
