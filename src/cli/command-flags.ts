import { parseArgs } from 'node:util';
import { didYouMean, listWords } from '../parse/nearest-word.ts';
import { err, ok, type Result } from '../result.ts';

/** A flag of a command. Parsing, help, documentation, man page and completion are made from the tables of these. */
export interface CommandFlag {
  /** Name of the value in the help; a flag without one is given or not. */
  readonly value?: string;
  readonly default?: string;
  readonly help: string;
  /** The only values; the help names them. */
  readonly oneOf?: readonly string[];
  /** May be given more than once. */
  readonly multiple?: true;
  /** KEEPALIVE_EXPORTER_... stands for it: where units, images and charts start the exporter. */
  readonly environment?: true;
}

export type CommandFlagTable = Readonly<Record<string, CommandFlag>>;

/** Each flag's values in the order given; the default when there was none, and no entry without either. */
export type CommandFlags<T extends CommandFlagTable> = Readonly<
  Partial<Record<keyof T, readonly string[]>>
>;

/** Of every command that answers a question. */
export const outputFlag = {
  value: 'FORMAT',
  default: 'table',
  oneOf: ['table', 'json'],
  help: 'How to print the answer.',
} as const satisfies CommandFlag;

export interface CommandArguments<T extends CommandFlagTable> {
  readonly flags: CommandFlags<T>;
  /** What is no flag, such as URLs. */
  readonly operands: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandFlagOptions {
  readonly mostOperands?: number;
  readonly environment?: Environment;
}

/** The environment variable that stands for a flag: `--log.level` is KEEPALIVE_EXPORTER_LOG_LEVEL. */
export function environmentName(name: string): string {
  return `KEEPALIVE_EXPORTER_${name.replace(/[.-]/g, '_').toUpperCase()}`;
}

/**
 * Parses the arguments of a command, with the environment below them and the defaults below that. Empty is as good as
 * unset, since compose files and unit files pass on variables that nobody set.
 */
export function parseCommandFlags<T extends CommandFlagTable>(
  table: T,
  args: readonly string[],
  { mostOperands = 0, environment = {} }: CommandFlagOptions = {},
): Result<CommandArguments<T>, string> {
  const read = readArguments(table, args);
  if (!read.ok) return read;
  const { given, operands } = read.value;
  if (operands.length > mostOperands) {
    return err(`"${operands[mostOperands]}" is one argument too many`);
  }
  const flags: Partial<Record<keyof T, readonly string[]>> = {};
  for (const name of Object.keys(table)) {
    const list = valuesOf({ name, row: table[name] ?? { help: '' } }, given, environment);
    if (!list.ok) return list;
    if (list.value.length > 0) flags[name as keyof T] = list.value;
  }
  return ok({ flags, operands });
}

/** The first value of each flag: for tables where none may be repeated. */
export function firstValues<K extends string>(
  flags: Readonly<Partial<Record<K, readonly string[]>>>,
): Readonly<Partial<Record<K, string>>> {
  const values: Partial<Record<K, string>> = {};
  for (const name of Object.keys(flags) as K[]) {
    const [value] = flags[name] ?? [];
    if (value !== undefined) values[name] = value;
  }
  return values;
}

interface GivenArguments {
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
}

export function parseOptionsOf(table: CommandFlagTable) {
  return Object.fromEntries(
    Object.entries(table).map(
      ([name, { value }]) =>
        [name, { type: value === undefined ? ('boolean' as const) : ('string' as const) }] as const,
    ),
  );
}

function readArguments(
  table: CommandFlagTable,
  args: readonly string[],
): Result<GivenArguments, string> {
  const { tokens } = parseArgs({
    args: [...args],
    options: parseOptionsOf(table),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const row = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
    if (row === undefined) return err(unknownFlag(args[token.index] ?? token.rawName, table));
    const value = row.value === undefined ? (token.value ?? 'true') : token.value;
    if (value === undefined || (token.inlineValue === false && /^-./.test(value))) {
      return err(`--${token.name} needs a value: --${token.name}=${row.value}`);
    }
    given.set(token.name, [...(given.get(token.name) ?? []), value]);
  }
  return ok({ given, operands });
}

/** Also for `-config.file`, as older Go programs write it. */
function unknownFlag(argument: string, table: CommandFlagTable): string {
  const [written = ''] = argument.split('=');
  const name = written.replace(/^-+/, '');
  return `there is no flag ${written}${didYouMean(name, [...Object.keys(table), 'help'], '--')}`;
}

interface NamedFlag {
  readonly name: string;
  readonly row: CommandFlag;
}

function valuesOf(
  { name, row }: NamedFlag,
  given: GivenArguments['given'],
  environment: Environment,
): Result<readonly string[], string> {
  const list = (given.get(name) ?? []).filter((value) => value !== '');
  if (list.length > 1 && row.multiple === undefined) return err(`--${name} is given twice`);
  const variable = row.environment === undefined ? undefined : environmentName(name);
  const set = variable === undefined ? undefined : environment[variable]?.trim();
  const fromEnvironment = list.length === 0 && set !== undefined && set !== '';
  const values = fromEnvironment ? [set] : list;
  const subject = fromEnvironment ? `${variable}` : `--${name}`;
  for (const value of values) {
    const problem = valueProblem(value, row);
    if (problem !== undefined) return err(`${subject}="${value}": ${problem}`);
  }
  if (row.value === undefined) return ok(values.some(isTrue) ? ['true'] : []);
  return ok(values.length > 0 || row.default === undefined ? values : [row.default]);
}

function isTrue(value: string): boolean {
  return /^(?:true|1)$/i.test(value);
}

function valueProblem(value: string, { value: name, oneOf }: CommandFlag): string | undefined {
  if (name === undefined) {
    return isTrue(value) || /^(?:false|0)$/i.test(value) ? undefined : 'want true or false';
  }
  if (oneOf === undefined || oneOf.includes(value)) return undefined;
  return `want ${listWords(oneOf)}${didYouMean(value, oneOf)}`;
}

/** What the help says of a flag: its meaning, its values and its default. */
export function flagHelp({ help, oneOf, default: fallback }: CommandFlag): string {
  const values = oneOf === undefined ? '' : ` One of ${listWords(oneOf)}.`;
  return `${help}${values}${fallback === undefined ? '' : ` (${fallback})`}`;
}

/** How a flag is written: `--log.level=LEVEL`. */
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
