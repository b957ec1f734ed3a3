/**
 * Splits the arguments of a directive as ap_getword_conf() does: at blanks. A word may be in double or single quotes; a
 * backslash escapes that quote and itself. A quote that is not closed extends to the end of the line.
 */
export function splitApacheWords(text: string): readonly string[] {
  const words: string[] = [];
  let at = skipBlanks(text, 0);
  while (at < text.length) {
    const quote = text.charAt(at);
    const end = quote === '"' || quote === "'" ? endOfQuoted(text, at, quote) : endOfBare(text, at);
    words.push(end.word);
    at = skipBlanks(text, end.next);
  }
  return words;
}

/** Quotes a word so that splitApacheWords() reads the same word. */
export function quoteApacheWord(word: string): string {
  return `"${word.replace(/["\\]/g, '\\$&')}"`;
}

function endOfQuoted(text: string, start: number, quote: string) {
  let end = start + 1;
  while (end < text.length && text.charAt(end) !== quote) {
    const escapes = text.charAt(end) === '\\' && isEscaped(text.charAt(end + 1), quote);
    end += escapes ? 2 : 1;
  }
  return { word: unescapeWord(text.slice(start + 1, end), quote), next: end + 1 };
}

function endOfBare(text: string, start: number) {
  let end = start;
  while (end < text.length && !isBlank(text.charAt(end))) end += 1;
  return { word: unescapeWord(text.slice(start, end), ''), next: end };
}

function isEscaped(letter: string, quote: string): boolean {
  return letter === '\\' || (quote !== '' && letter === quote);
}

function unescapeWord(text: string, quote: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(.)/gs, (both, letter: string) =>
    isEscaped(letter, quote) ? letter : both,
  );
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charAt(at))) at += 1;
  return at;
}

function isBlank(letter: string): boolean {
  return /\s/.test(letter);
}
