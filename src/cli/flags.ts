import { logFormats, logLevels } from '../io/create-log.ts';
import { severities } from '../snapshot/audit.ts';
import { type CommandFlagTable, outputFlag } from './command-flags.ts';

/** Flags of what runs on: `serve`, and `demo` below. */
export const serveFlags = {
  'config.file': {
    value: 'FILE',
    help: 'Configuration (YAML). Without it the usual status addresses on this machine are tried.',
    environment: true,
  },
  'web.listen-address': {
    default: ':9921',
    value: 'HOST:PORT',
    help: 'Address to listen on; an empty host means all.',
    environment: true,
  },
  'web.telemetry-path': {
    default: '/metrics',
    value: 'PATH',
    help: 'Path of the metrics.',
    environment: true,
  },
  'web.config.file': {
    value: 'FILE',
    help: "TLS and authentication, in exporter-toolkit's format.",
    environment: true,
  },
  'log.level': {
    default: 'info',
    value: 'LEVEL',
    help: 'Least severity of what is logged.',
    oneOf: logLevels,
    environment: true,
  },
  'log.format': {
    default: 'logfmt',
    value: 'FORMAT',
    help: 'How a line of the log is written.',
    oneOf: logFormats,
    environment: true,
  },
  'no-compat-metrics': {
    help: 'Leave out the metrics named as apache_exporter and nginx-prometheus-exporter name them.',
    environment: true,
  },
} as const satisfies CommandFlagTable;

export const demoFlags = {
  ...serveFlags,
  seconds: { value: 'N', help: 'End by itself after N seconds.', environment: true },
  real: {
    help: 'Use apache2 and nginx of this machine instead of the simulation.',
    environment: true,
  },
} as const satisfies CommandFlagTable;

export const checkConfigFlags = {
  'config.file': serveFlags['config.file'],
  strict: { help: 'Exit code 1 for warnings too.' },
  output: outputFlag,
} as const satisfies CommandFlagTable;

export const auditFlags = {
  apache: {
    value: 'FILE',
    help: 'Main configuration file of Apache. Without a file the usual places are searched.',
  },
  nginx: { value: 'FILE', help: 'Main configuration file of nginx.' },
  output: {
    value: 'FORMAT',
    default: 'text',
    oneOf: ['text', 'json', 'sarif'],
    help: 'How to print the findings; sarif is for code scanning.',
  },
  'fail-on': {
    value: 'SEVERITY',
    default: 'info',
    oneOf: [...severities, 'never'],
    help: 'Exit code 1 from this severity on.',
  },
  'server-version': {
    value: 'VERSION',
    help: 'Judge by this version, such as apache/2.4.62 or nginx/1.28.0, not by the one installed.',
  },
  'front-timeout': {
    value: 'DURATION',
    help: 'How long what stands in front, such as a load balancer, keeps idle connections.',
  },
  'backend-workers': {
    value: 'N',
    help: 'Workers of the backend, when its configuration is not audited too.',
  },
} as const satisfies CommandFlagTable;

type FlagName = keyof typeof demoFlags | keyof typeof checkConfigFlags | keyof typeof auditFlags;
/** A flag that is given or not is `true` or absent. */
export type Flags = Readonly<Partial<Record<FlagName, string>>>;
