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
  const kept = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return copy(kept.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd'));
}

/**
 * V8 makes a part of a string refer to the whole: a server's name of 30 characters would keep a page of a megabyte in
 * memory for as long as the name is known. UTF-16 brings every string back as it was, lone surrogates too.
 */
function copy(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
