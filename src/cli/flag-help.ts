import { listWords } from '../parse/nearest-word.ts';
import type { CommandFlag, CommandFlagTable } from './command-flags.ts';

/** The help of a flag: its meaning, its values and its default. */
export function flagHelp({ help, oneOf, default: fallback }: CommandFlag): string {
  const values = oneOf === undefined ? '' : ` One of ${listWords(oneOf)}.`;
  return `${help}${values}${fallback === undefined ? '' : ` (${fallback})`}`;
}

/** The form of a flag: `--log.level=LEVEL`. */
export function flagUsage(name: string, { value }: CommandFlag): string {
  return value === undefined ? `--${name}` : `--${name}=${value}`;
}

/** The flags as aligned lines of a help text. */
export function renderFlagLines(table: CommandFlagTable): string {
  const rows = Object.entries(table).map(
    ([name, row]) => [flagUsage(name, row), flagHelp(row)] as const,
  );
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`).join('\n');
}
