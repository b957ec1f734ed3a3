import type { ConfigDirective, Place } from '../snapshot/config-tree.ts';

/** An effective value and its origin. */
export interface Setting {
  /** The directive, spelled as in the documentation of the server. */
  readonly name: string;
  readonly args: readonly string[];
  /** The place of the directive, or for a default the place where it would be set. */
  readonly at: Place;
  /** `file:line` or `default of nginx 1.22.1`. */
  readonly origin: string;
  readonly isDefault: boolean;
}

export function placeOf({ file, line }: ConfigDirective): Place {
  return { file, line };
}

export function placeText({ file, line }: Place): string {
  return `${file}:${line}`;
}

export function settingFrom(name: string, directive: ConfigDirective): Setting {
  const at = placeOf(directive);
  return { name, args: directive.args, at, origin: placeText(at), isDefault: false };
}

export function textOf({ name, args }: Setting): string {
  return args.length === 0 ? name : `${name} ${args.map(shown).join(' ')}`;
}

/** A directive of nginx with its semicolon; words with blanks are quoted. */
export function nginxLine(name: string, args: readonly string[]): string {
  return `${[name, ...args.map(nginxWord)].join(' ')};`;
}

function nginxWord(word: string): string {
  return word === '' || /[\s;{}"'\\#]/.test(word.replaceAll(/\$\{\w+\}/g, ''))
    ? `"${word.replace(/["\\]/g, '\\$&')}"`
    : word;
}

function shown(word: string): string {
  return word === '' || /\s/.test(word) ? `"${word}"` : word;
}

export function firstArg({ args }: Pick<Setting, 'args'>): string {
  return args[0] ?? '';
}

/** A whole number of 0 or more; undefined for anything else. */
export function countOf(setting: Setting): number | undefined {
  const text = firstArg(setting);
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
