/** Longest text taken over from a page into a label or onto the page for people, in characters. */
const longestText = 256;

/**
 * Makes text of a remote page fit for labels, logs and HTML: control characters become U+FFFD, length is bounded.
 * Prometheus accepts CR and NUL in label values without a word; nobody reading the series would see them.
 */
export function printable(text: string): string {
  return excerpt(text, longestText);
}

/** The same, shortened for an error message. */
export function excerpt(text: string, longest = 40): string {
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd');
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}
