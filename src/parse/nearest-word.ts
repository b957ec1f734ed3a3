/** The word that was probably meant: the nearest one within a third of its length; the first one of equals. */
export function nearestWord(text: string, words: readonly string[]): string | undefined {
  const maximum = Math.max(1, Math.floor(text.length / 3));
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const word of words) {
    const distance = editDistance(text.toLowerCase(), word.toLowerCase(), maximum);
    if (distance <= maximum && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) {
      best = { word, distance };
    }
  }
  return best?.word;
}

/** `; did you mean "word"?`, or nothing when no word is near. */
export function didYouMean(text: string, words: readonly string[], prefix = ''): string {
  const word = nearestWord(text, words);
  return word === undefined ? '' : `; did you mean ${prefix}${word}?`;
}

/** `a, b or c`. */
export function listWords(words: readonly string[]): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

const longestWord = 64;

/** Optimal string alignment: swapping two neighbours counts as one typing mistake. */
function editDistance(a: string, b: string, maximum: number): number {
  if (Math.abs(a.length - b.length) > maximum || a.length > longestWord) return maximum + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + cost,
        swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? maximum + 1;
}
