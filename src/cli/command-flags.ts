import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../result.ts';

/** A flag of one command alone. Those of `serve` and the environment names are in flags.ts. */
export interface CommandFlag {
  /** Name of the value in the help; a flag without one is given or not. */
  readonly value?: string;
  readonly default?: string;
  readonly help: string;
  /** May be given more than once. */
  readonly multiple?: true;
}

export type CommandFlagTable = Readonly<Record<string, CommandFlag>>;

/** Each flag's values in the order given; the default when there was none, and no entry without either. */
export type CommandFlags<T extends CommandFlagTable> = Readonly<
  Partial<Record<keyof T, readonly string[]>>
>;

const commonFlags = {
  output: { value: 'FORMAT', default: 'table', help: 'table or json.' },
} as const satisfies CommandFlagTable;

export type OutputFormat = 'table' | 'json';

export interface CommandArguments<T extends CommandFlagTable> {
  readonly flags: CommandFlags<T>;
  /** What is no flag, such as URLs. */
  readonly operands: readonly string[];
  readonly output: OutputFormat;
  readonly help: boolean;
}

export interface CommandFlagOptions {
  readonly operands: 'allowed' | 'refused';
}

/** Parses the arguments of a command that asks once and ends; the environment is not read. */
export function parseCommandFlags<T extends CommandFlagTable>(
  table: T,
  args: readonly string[],
  options: CommandFlagOptions = { operands: 'refused' },
): Result<CommandArguments<T>, string> {
  const all = { ...table, ...commonFlags };
  const read = readValues(all, args, options);
  if (!read.ok) return read;
  const { operands } = read.value;
  const { help, output, ...given } = read.value.values;
  const format = listOf(output)[0] ?? commonFlags.output.default;
  if (format !== 'table' && format !== 'json') {
    return err(`--output="${format}": want table or json`);
  }
  const flags: Partial<Record<keyof T, readonly string[]>> = {};
  for (const [name, row] of Object.entries<CommandFlag>(table)) {
    const list = listOf(given[name] ?? row.default);
    if (list.length > 1 && row.multiple === undefined) return err(`--${name} is given twice`);
    if (list.length > 0) flags[name as keyof T] = list;
  }
  return ok({ flags, operands, output: format, help: help === true });
}

interface RawArguments {
  readonly values: Readonly<Record<string, unknown>>;
  readonly operands: readonly string[];
}

function readValues(
  table: CommandFlagTable,
  args: readonly string[],
  { operands }: CommandFlagOptions,
): Result<RawArguments, string> {
  const options = Object.entries<CommandFlag>(table).map(
    ([name, { value }]) =>
      [name, { type: value === undefined ? 'boolean' : 'string', multiple: true }] as const,
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(options), help: { type: 'boolean' } },
      allowPositionals: operands === 'allowed',
      strict: true,
    });
    return ok({ values, operands: positionals });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

function listOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return value === undefined ? [] : [String(value)];
}

/** The help of one command: what it does, then its flags. */
export function renderCommandHelp(introduction: string, table: CommandFlagTable): string {
  const rows = Object.entries<CommandFlag>({ ...table, ...commonFlags }).map(([name, row]) => {
    const left = row.value === undefined ? `--${name}` : `--${name}=${row.value}`;
    const fallback = row.default === undefined ? '' : ` (${row.default})`;
    return [left, `${row.help}${fallback}`] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`);
  return `${introduction}\n\nFlags:\n${lines.join('\n')}\n`;
}
