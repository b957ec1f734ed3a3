import { parseArgs } from 'node:util';
import { didYouMean, listWords } from '../parse/nearest-word.ts';
import { present } from '../present.ts';
import { err, ok, type Result } from '../result.ts';

/** A flag of a command. Parsing, help, documentation, man page and completion all use the tables of flags. */
export interface CommandFlag {
  /** Name of the value in the help. Absent: the flag has no value, it is given or not. */
  readonly value?: string;
  readonly default?: string;
  readonly help: string;
  /** All allowed values; the help lists them. */
  readonly oneOf?: readonly string[];
  /** May be given more than once. */
  readonly multiple?: true;
  /** An environment variable KEEPALIVE_EXPORTER_... can set it: for units, images and charts. */
  readonly environment?: true;
}

export type CommandFlagTable = Readonly<Record<string, CommandFlag>>;

/** The values that a flag can have: one of its list, any text, or `true` when it has no value. */
export type FlagValue<R extends CommandFlag> = CommandFlag extends R
  ? string
  : R extends { readonly oneOf: readonly (infer V)[] }
    ? V
    : R extends { readonly value: string }
      ? string
      : 'true';

/** Each flag's values in the given order, or its default. A flag without either has no entry. */
export type CommandFlags<T extends CommandFlagTable> = {
  readonly [K in keyof T]?: readonly FlagValue<T[K]>[];
};

/** The values of a table of which no flag may be repeated. */
export type SingleFlags<T extends CommandFlagTable> = {
  readonly [K in keyof T as T[K] extends { readonly default: string } ? K : never]: FlagValue<T[K]>;
} & {
  readonly [K in keyof T as T[K] extends { readonly default: string } ? never : K]?: FlagValue<
    T[K]
  >;
};

/** The flag of every command that prints an answer. */
export const outputFlag = {
  value: 'FORMAT',
  default: 'table',
  oneOf: ['table', 'json'],
  help: 'How to print the answer.',
} as const satisfies CommandFlag;

export interface CommandArguments<T extends CommandFlagTable> {
  readonly flags: CommandFlags<T>;
  /** Arguments that are not flags, such as URLs. */
  readonly operands: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandFlagOptions {
  readonly maximumOperands?: number;
  readonly environment?: Environment;
}

/** The environment variable of a flag: KEEPALIVE_EXPORTER_LOG_LEVEL for `--log.level`. */
export function environmentName(name: string): string {
  return `KEEPALIVE_EXPORTER_${name.replace(/[.-]/g, '_').toUpperCase()}`;
}

/**
 * Parses the arguments of a command. A flag that is not given has the value of its environment variable, or else its
 * default. An empty variable counts as unset, since compose files and unit files pass such variables on.
 */
export function parseCommandFlags<T extends CommandFlagTable>(
  table: T,
  args: readonly string[],
  options?: CommandFlagOptions,
): Result<CommandArguments<T>, string>;
export function parseCommandFlags(
  table: CommandFlagTable,
  args: readonly string[],
  { maximumOperands = 0, environment = {} }: CommandFlagOptions = {},
): Result<CommandArguments<CommandFlagTable>, string> {
  const read = readArguments(table, args);
  if (!read.ok) return read;
  const { given, operands } = read.value;
  if (operands.length > maximumOperands) {
    return err(`"${operands[maximumOperands]}" is one argument too many; remove it`);
  }
  const flags: Record<string, readonly string[]> = {};
  for (const [name, row] of Object.entries(table)) {
    const list = valuesOf({ name, row }, given, environment);
    if (!list.ok) return list;
    if (list.value.length > 0) flags[name] = list.value;
  }
  return ok({ flags, operands });
}

/** The first value of each flag: for tables of which no flag may be repeated. */
export function firstValues<T extends CommandFlagTable>(flags: CommandFlags<T>): SingleFlags<T>;
export function firstValues(flags: CommandFlags<CommandFlagTable>): object {
  return present(
    Object.fromEntries(Object.entries(flags).map(([name, values]) => [name, values?.[0]])),
  );
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
    // A negative number is a value, though a wrong one; anything else with a hyphen is the next flag.
    if (value === undefined || (token.inlineValue === false && /^-[^\d]/.test(value))) {
      return err(`--${token.name} needs a value: --${token.name}=${row.value}`);
    }
    given.set(token.name, [...(given.get(token.name) ?? []), value]);
  }
  return ok({ given, operands });
}

/** Also for `-config.file`, the form of older Go programs. */
function unknownFlag(argument: string, table: CommandFlagTable): string {
  const [flag = ''] = argument.split('=');
  const name = flag.replace(/^-+/, '');
  return `there is no flag ${flag}${didYouMean(name, [...Object.keys(table), 'help'], '--')}`;
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
  if (list.length > 1 && row.multiple === undefined)
    return err(`--${name} is given twice; give it once`);
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
