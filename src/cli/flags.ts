import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../result.ts';

interface FlagRow {
  readonly type: 'string' | 'boolean';
  readonly default?: string;
  readonly value?: string;
  readonly help: string;
}

/** Every flag, once; help, environment names and docs are made from it. */
export const flagTable = {
  'config.file': {
    type: 'string',
    value: 'FILE',
    help: 'Configuration (YAML). Without it the usual status addresses on this machine are tried.',
  },
  'web.listen-address': {
    type: 'string',
    default: ':9921',
    value: 'HOST:PORT',
    help: 'Address to listen on; an empty host means all.',
  },
  'web.telemetry-path': {
    type: 'string',
    default: '/metrics',
    value: 'PATH',
    help: 'Path of the metrics.',
  },
  'web.config.file': {
    type: 'string',
    value: 'FILE',
    help: "TLS and authentication, in exporter-toolkit's format.",
  },
  'log.level': {
    type: 'string',
    default: 'info',
    value: 'LEVEL',
    help: 'debug, info, warn or error.',
  },
  'log.format': { type: 'string', default: 'logfmt', value: 'FORMAT', help: 'logfmt or json.' },
  'no-compat-metrics': {
    type: 'boolean',
    help: 'Leave out the metrics named as apache_exporter and nginx-prometheus-exporter name them.',
  },
  seconds: { type: 'string', value: 'N', help: 'demo: end by itself after N seconds.' },
  real: {
    type: 'boolean',
    help: 'demo: use apache2 and nginx of this machine instead of the simulation.',
  },
  help: { type: 'boolean', help: 'Show this help.' },
  version: { type: 'boolean', help: 'Show the version.' },
} as const satisfies Readonly<Record<string, FlagRow>>;

export type FlagName = keyof typeof flagTable;
export type Flags = Readonly<Partial<Record<FlagName, string>>>;

export interface CommandLine {
  readonly command: string | undefined;
  readonly flags: Flags;
}

/** The environment variable that stands for a flag: `--log.level` is KEEPALIVE_EXPORTER_LOG_LEVEL. */
export function environmentName(flag: FlagName): string {
  return `KEEPALIVE_EXPORTER_${flag.replace(/[.-]/g, '_').toUpperCase()}`;
}

/**
 * Parses arguments, with the environment below them and the defaults below that. A boolean is `true` or absent.
 *
 * @returns the command line, or in words what is wrong with it
 */
export function parseCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Result<CommandLine, string> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: Object.fromEntries(
        Object.entries(flagTable).map(([name, { type }]) => [name, { type }]),
      ),
      allowPositionals: true,
      strict: true,
    });
    if (positionals.length > 1) return err(`one command wanted, found "${positionals.join(' ')}"`);
    const flags: Partial<Record<FlagName, string>> = {};
    for (const name of Object.keys(flagTable) as FlagName[]) {
      const value = values[name] ?? environment[environmentName(name)] ?? defaultOf(name);
      if (value !== undefined && value !== 'false' && value !== '') flags[name] = String(value);
    }
    return ok({ command: positionals[0], flags });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

function defaultOf(name: FlagName): string | undefined {
  const row: FlagRow = flagTable[name];
  return row.default;
}

/** The flags as lines of the help text. */
export function flagHelp(): string {
  const rows = Object.entries(flagTable as Readonly<Record<string, FlagRow>>).map(([name, row]) => {
    const left = row.value === undefined ? `--${name}` : `--${name}=${row.value}`;
    const fallback = row.default === undefined ? '' : ` (${row.default})`;
    return [left, `${row.help}${fallback}`] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`).join('\n');
}
