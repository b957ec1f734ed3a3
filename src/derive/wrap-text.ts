/** Columns of a common terminal. */
const width = 80;

/**
 * Breaks text at blanks into lines of at most 80 columns. `first` begins the first line, `next` blanks begin the others.
 * A word that is longer stays whole, so that paths and addresses can be copied.
 */
export function wrapText(text: string, { first, next }: { first: string; next: number }): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = ' '.repeat(next);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}
