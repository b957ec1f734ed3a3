/** Longest name of a target, client or source on the page. */
export const maxNameLength = 120;

const ellipsis = '…';

/**
 * Makes text from a server safe to display. It is cut to `maxLength` code points. U+FFFD replaces every character that
 * can hide or reorder other text: control characters, line and paragraph separators, zero-width characters, lone
 * surrogates, and bidirectional controls (Unicode UAX #9; "Trojan Source", CVE-2021-42574).
 */
export function visibleText(text: string, maxLength: number): string {
  // A code point has at most two code units, so the rest need not be read.
  const points = [...text.slice(0, maxLength * 2 + 2)];
  const kept = points.length > maxLength ? [...points.slice(0, maxLength - 1), ellipsis] : points;
  return kept.join('').replace(invisible, '\uFFFD');
}

const invisible =
  /[\u0000-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]|\p{Cs}/gu;
