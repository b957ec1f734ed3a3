import { logFormats, logLevels } from '../io/create-log.ts';
import { severities } from '../snapshot/audit.ts';
import { type CommandFlagTable, outputFlag, type SingleFlags } from './command-flags.ts';

/** Flags of `serve`; `demo` below shares some. */
export const serveFlags = {
  'config.file': {
    value: 'FILE',
    help: 'Configuration (YAML). Without it the usual status addresses on this machine are polled.',
    environment: true,
  },
  'web.listen-address': {
    default: ':9921',
    value: 'HOST:PORT',
    help: 'Address to listen on; without a host, all addresses.',
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
    help: "Configuration of TLS and authentication, in exporter-toolkit's format.",
    environment: true,
  },
  'log.level': {
    default: 'info',
    value: 'LEVEL',
    help: 'Minimum severity that is logged. With debug also each poll, log rotations, and fields and lines that cannot be read.',
    oneOf: logLevels,
    environment: true,
  },
  'log.format': {
    default: 'logfmt',
    value: 'FORMAT',
    help: 'Format of the log.',
    oneOf: logFormats,
    environment: true,
  },
  'no-compat-metrics': {
    help: 'Omit the metrics with the names of apache_exporter and nginx-prometheus-exporter.',
    environment: true,
  },
} as const satisfies CommandFlagTable;

/** Only what `demo` obeys: it writes its own configuration, logs only errors, and serves plain HTTP. */
export const demoFlags = {
  'web.listen-address': serveFlags['web.listen-address'],
  'web.telemetry-path': serveFlags['web.telemetry-path'],
  'no-compat-metrics': serveFlags['no-compat-metrics'],
  seconds: { value: 'N', help: 'Stop after N seconds.', environment: true },
  real: {
    help: 'Use apache2 and nginx of this machine instead of simulated servers.',
    environment: true,
  },
} as const satisfies CommandFlagTable;

export const checkConfigFlags = {
  'config.file': {
    ...serveFlags['config.file'],
    help: 'The file to check, instead of FILE as an argument.',
  },
  strict: { help: 'Exit with code 1 for warnings too.' },
  output: outputFlag,
} as const satisfies CommandFlagTable;

export const auditFlags = {
  apache: {
    value: 'FILE',
    help: 'Main configuration file of Apache. Without --apache and --nginx the usual places are searched.',
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
    help: 'Exit with code 1 for findings of this severity or a higher one.',
  },
  'server-version': {
    value: 'VERSION',
    help: 'Check for this version, such as apache/2.4.62 or nginx/1.28.0, instead of the installed one.',
  },
  define: {
    value: 'NAMES',
    help: 'Names that Apache is started with (-D NAME), separated by commas.',
  },
  'front-timeout': {
    value: 'DURATION',
    help: 'Idle timeout of the load balancer or proxy in front of the server.',
  },
  'backend-workers': {
    value: 'N',
    help: 'Number of workers of the backend, if its configuration is not audited too.',
  },
} as const satisfies CommandFlagTable;

export type ServeFlags = SingleFlags<typeof serveFlags>;
export type DemoFlags = SingleFlags<typeof demoFlags>;
export type AuditFlags = SingleFlags<typeof auditFlags>;
