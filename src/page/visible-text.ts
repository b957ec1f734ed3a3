/** Longest name of a target, client or source on the page. */
export const maxNameLength = 120;

const ellipsis = '…';

/**
 * Text from a server, made safe to look at: cut to `maxLength` code points, and everything that could hide or
 * reorder its neighbours replaced by U+FFFD: control characters, line and paragraph separators, zero-width
 * characters, lone surrogates, and the bidirectional controls with which a name can be shown backwards
 * (Unicode UAX #9; "Trojan Source", CVE-2021-42574).
 */
export function visibleText(text: string, maxLength: number): string {
  // A code point is at most two code units, so what lies beyond can be left unread.
  const points = [...text.slice(0, maxLength * 2 + 2)];
  const kept = points.length > maxLength ? [...points.slice(0, maxLength - 1), ellipsis] : points;
  return kept.join('').replace(invisible, '\uFFFD');
}

const invisible =
  /[\u0000-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]|\p{Cs}/gu;
