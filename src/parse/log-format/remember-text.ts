import type { NumberReader } from './read-number.ts';

const longestRemembered = 32;

/** The text of a field on the previous line, and its number. */
export interface RememberedText {
  readonly bytes: Uint8Array;
  length: number;
  value: number;
}

export function rememberNothing(): RememberedText {
  // A double from the start: a property that changes to a double later allocates an object for each value.
  return { bytes: new Uint8Array(longestRemembered), length: -1, value: 0.5 };
}

/**
 * Sets `value` to the number in `bytes[start, end)`. A busy log has hundreds of lines per second of time: comparing the
 * text is faster than parsing it again.
 */
export function recall(
  remembered: RememberedText,
  read: NumberReader,
  bytes: Buffer,
  start: number,
  end: number,
): void {
  const length = end - start;
  if (length === remembered.length && isSame(remembered, bytes, start)) return;
  remembered.value = read(bytes, start, end);
  remembered.length = length <= longestRemembered ? length : -1;
  for (let i = 0; i < remembered.length; i++) remembered.bytes[i] = bytes[start + i] as number;
}

function isSame(remembered: RememberedText, bytes: Buffer, start: number): boolean {
  const known = remembered.bytes;
  for (let i = remembered.length - 1; i >= 0; i--) if (bytes[start + i] !== known[i]) return false;
  return true;
}
