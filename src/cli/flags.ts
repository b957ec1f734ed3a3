import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../result.ts';

interface FlagRow {
  readonly type: 'string' | 'boolean';
  readonly default?: string;
  readonly value?: string;
  readonly help: string;
  /** Not read from the environment: a KEEPALIVE_EXPORTER_VERSION of an image or a unit must not end `serve`. */
  readonly argumentOnly?: true;
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
  apache: {
    type: 'string',
    value: 'FILE',
    help: 'audit: main configuration file of Apache. Without a file the usual places are searched.',
    argumentOnly: true,
  },
  nginx: {
    type: 'string',
    value: 'FILE',
    help: 'audit: main configuration file of nginx.',
    argumentOnly: true,
  },
  output: {
    type: 'string',
    value: 'FORMAT',
    help: 'audit: text (the default), json, or sarif for code scanning.',
    argumentOnly: true,
  },
  'fail-on': {
    type: 'string',
    value: 'SEVERITY',
    help: 'audit: exit code 1 from this severity on: info (the default), warning, error or never.',
    argumentOnly: true,
  },
  'server-version': {
    type: 'string',
    value: 'VERSION',
    help: 'audit: judge by this version, such as apache/2.4.62 or nginx/1.28.0, not by the one installed.',
    argumentOnly: true,
  },
  'front-timeout': {
    type: 'string',
    value: 'DURATION',
    help: 'audit: how long what stands in front, such as a load balancer, keeps idle connections.',
    argumentOnly: true,
  },
  'backend-workers': {
    type: 'string',
    value: 'N',
    help: 'audit: workers of the backend, when its configuration is not audited too.',
    argumentOnly: true,
  },
  help: { type: 'boolean', help: 'Show this help.', argumentOnly: true },
  version: { type: 'boolean', help: 'Show the version.', argumentOnly: true },
} as const satisfies Readonly<Record<string, FlagRow>>;

export type FlagName = keyof typeof flagTable;
export type Flags = Readonly<Partial<Record<FlagName, string>>>;

export interface CommandLine {
  readonly command: string | undefined;
  readonly flags: Flags;
}

/** The environment variable that stands for a flag: `--log.level` is KEEPALIVE_EXPORTER_LOG_LEVEL. */
export function environmentName(flag: FlagName): string | undefined {
  if (rowOf(flag).argumentOnly) return undefined;
  return `KEEPALIVE_EXPORTER_${flag.replace(/[.-]/g, '_').toUpperCase()}`;
}

/**
 * Parses arguments, with the environment below them and the defaults below that; empty is as good as unset, since
 * compose files and unit files pass on variables that nobody set. A boolean is `true` or absent.
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
    const flags = mergeFlags(values, environment);
    return flags.ok ? ok({ command: positionals[0], flags: flags.value }) : flags;
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

function mergeFlags(
  values: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): Result<Flags, string> {
  const flags: Partial<Record<FlagName, string>> = {};
  for (const name of Object.keys(flagTable) as FlagName[]) {
    const variable = environmentName(name);
    const set = variable === undefined ? undefined : environment[variable]?.trim();
    const value = filled(values[name]) ?? filled(set) ?? rowOf(name).default;
    if (value === undefined) continue;
    if (rowOf(name).type === 'string') flags[name] = value;
    else if (/^(?:true|1)$/i.test(value)) flags[name] = 'true';
    else if (!/^(?:false|0)$/i.test(value))
      return err(`${variable}="${value}" is no true or false`);
  }
  return ok(flags);
}

function filled(value: unknown): string | undefined {
  return value === undefined || value === '' ? undefined : String(value);
}

function rowOf(name: FlagName): FlagRow {
  return flagTable[name];
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
