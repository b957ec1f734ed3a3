const quote = 0x22;
const backslash = 0x5c;
const space = 0x20;
const tab = 0x09;
const comma = 0x2c;
const colon = 0x3a;

/**
 * The closing quote, or `end`. Backslashes are rare: bytes are checked one by one only where a backslash precedes a
 * quote.
 */
export function closingQuote(bytes: Buffer, start: number, end: number): number {
  const first = bytes.indexOf(quote, start);
  if (first === -1 || first >= end) return end;
  if (first === start || bytes[first - 1] !== backslash) return first;
  let at = start;
  while (at < end && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return Math.min(at, end);
}

/** The colon before a port: the last one of the word, because `[2001:db8::1]:443` has several. */
export function endOfHost(bytes: Buffer, start: number, end: number): number {
  let last = end;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === space || byte === tab || byte === quote) break;
    if (byte === colon) last = at;
  }
  return last;
}

/** Whether `at` is within the `, ` or ` : ` of a list, as nginx writes it for upstreams. */
export function isWithinList(bytes: Buffer, start: number, at: number): boolean {
  if (at === start) return false;
  if (bytes[at] === comma) return bytes[at + 1] === space;
  if (bytes[at] === colon) return bytes[at - 1] === space && bytes[at + 1] === space;
  if (bytes[at] !== space) return false;
  if (bytes[at - 1] === comma) return true;
  if (bytes[at - 1] === colon) return at - 2 > start && bytes[at - 2] === space;
  return bytes[at + 1] === colon && bytes[at + 2] === space;
}
