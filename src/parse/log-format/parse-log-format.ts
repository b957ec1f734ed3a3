import { err, ok, type Result } from '../../result.ts';
import type { ConnectionMeaning, Meaning } from '../../snapshot/log-record.ts';
import type { ServerKind } from '../../snapshot/status-page.ts';
import { didYouMean } from '../nearest-word.ts';
import { type CompiledFormat, compileFormat } from './compile.ts';
import type { HashKey } from './hash-address.ts';
import { defaultJsonKeys, type JsonKeys, jsonFormat } from './json-format.ts';
import { namedFormats } from './named-formats.ts';
import type { OwnRequests } from './own-request.ts';
import { tokenizeApacheFormat, tokenizeNginxFormat } from './tokenize.ts';
import { unquoteFormat } from './unquote-format.ts';

export interface LogFormatOptions {
  /** A name of namedFormats, `json`, an nginx log_format or an Apache LogFormat. */
  readonly format: string;
  readonly vhosts?: readonly string[];
  /** Only for `json`. */
  readonly jsonKeys?: JsonKeys;
  /** How requests of the exporter look; absent when the log cannot contain any. */
  readonly own?: OwnRequests;
  /** Given where connections are followed. */
  readonly addressKey?: HashKey;
  /** Without short cuts; the tests compare both. */
  readonly plain?: boolean;
}

/**
 * The parser of a log format.
 *
 * @returns what is wrong with the format, as text
 */
export function parseLogFormat(options: LogFormatOptions): Result<CompiledFormat, string> {
  const { format, vhosts = [], jsonKeys = defaultJsonKeys, ...rest } = options;
  const compileOptions = { ...rest, vhosts };
  if (format === 'json') return ok(jsonFormat(jsonKeys, compileOptions));
  const text = Object.hasOwn(namedFormats, format)
    ? (namedFormats[format] ?? '')
    : unquoteFormat(format);
  if (!/[$%]/.test(text)) {
    const names = [...Object.keys(namedFormats), 'json'];
    const hint = didYouMean(format, names);
    return err(
      `"${format}" is not the name of a format (${names.join(', ')}) and has no field${hint}`,
    );
  }
  const tokens = text.includes('$') ? tokenizeNginxFormat(text) : tokenizeApacheFormat(text);
  return tokens.ok ? compileFormat(tokens.value, compileOptions) : tokens;
}

interface Remedy {
  readonly meaning: Exclude<Meaning, 'vhost' | 'time' | 'own' | ConnectionMeaning>;
  /** What is absent without the meaning. */
  readonly metric: string;
  /** The field to add, where the server has one. */
  readonly field: Readonly<Partial<Record<ServerKind, string>>>;
}

/** What to add to a format that lacks a field for a metric. */
const remedies: readonly Remedy[] = [
  {
    meaning: 'status',
    metric: 'webserver_log_responses_total',
    field: { nginx: '$status', apache: '%>s' },
  },
  { meaning: 'method', metric: 'label method', field: { nginx: '$request', apache: '%r' } },
  { meaning: 'protocol', metric: 'label protocol', field: { nginx: '$request', apache: '%r' } },
  {
    meaning: 'requestSeconds',
    metric: 'webserver_log_request_duration_seconds',
    field: { nginx: '$request_time', apache: '%D' },
  },
  {
    meaning: 'upstreamConnectSeconds',
    metric: 'webserver_log_upstream_connect_seconds',
    field: { nginx: '$upstream_connect_time' },
  },
  {
    meaning: 'upstreamResponseSeconds',
    metric: 'webserver_log_upstream_response_seconds',
    field: { nginx: '$upstream_response_time' },
  },
  {
    meaning: 'bytes',
    metric: 'webserver_log_response_bytes_total',
    field: { nginx: '$bytes_sent', apache: '%O' },
  },
  {
    meaning: 'requestOnConnection',
    metric: 'webserver_log_connections_reached_total',
    field: { nginx: '$connection_requests', apache: '%k' },
  },
  {
    meaning: 'aborted',
    metric: 'webserver_log_client_aborts_total',
    field: { nginx: '$status', apache: '%X' },
  },
];

/** One sentence for each metric that is absent because no log of the target has its field. */
export function explainMissing(
  fields: ReadonlySet<Meaning>,
  server: ServerKind,
): readonly string[] {
  const known = withAborts(fields, server);
  return remedies.flatMap(({ meaning, metric, field }) => {
    const addition = field[server];
    return addition === undefined || known.has(meaning)
      ? []
      : [`${metric} is absent; add ${addition} to the format`];
  });
}

/** The fields, and what they imply: nginx logs status 499 for a client that went away. */
export function withAborts(fields: ReadonlySet<Meaning>, server: ServerKind): ReadonlySet<Meaning> {
  return server === 'nginx' && fields.has('status') ? new Set([...fields, 'aborted']) : fields;
}
