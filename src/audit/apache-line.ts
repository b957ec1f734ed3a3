import { quoteApacheWord } from '../parse/apache-config/split-words.ts';

/** A directive as a line that Apache reads as the same words. */
export function apacheLine(name: string, args: readonly string[]): string {
  return [name, ...args.map(asWord)].join(' ');
}

function asWord(word: string): string {
  return word === '' || /[\s"']/.test(word) ? quoteApacheWord(word) : word;
}
