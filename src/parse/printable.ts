/** Maximum length, in characters, of text copied from a page into a label or onto the page of the exporter. */
const longestText = 256;

/**
 * Makes text of a remote page safe for labels, logs and HTML: control characters become U+FFFD, and the length is
 * limited. Prometheus accepts CR and NUL in label values, but a reader would not see them.
 */
export function printable(text: string): string {
  return excerpt(text, longestText);
}

/** The same, shortened for an error message. */
export function excerpt(text: string, longest = 40): string {
  const kept = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return copy(kept.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd'));
}

/**
 * V8 lets a substring refer to the whole string: a server name of 30 characters would keep a page of a megabyte in
 * memory as long as the name is used. UTF-16 preserves every string, including lone surrogates.
 */
function copy(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
