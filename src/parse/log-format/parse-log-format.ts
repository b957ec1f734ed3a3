import { err, ok, type Result } from '../../result.ts';
import { type CompiledFormat, compileFormat } from './compile.ts';
import type { ConnectionMeaning, Meaning } from './field-meanings.ts';
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
  /** What requests of the exporter itself look like; absent when none can be in the log. */
  readonly own?: OwnRequests;
  /** Given where connections are followed. */
  readonly addressKey?: HashKey;
  /** Without short cuts: what they are compared with. */
  readonly plain?: boolean;
}

/**
 * The parser of a log format.
 *
 * @returns what is wrong with the format, in words
 */
export function parseLogFormat(options: LogFormatOptions): Result<CompiledFormat, string> {
  const { format, vhosts = [], jsonKeys = defaultJsonKeys, ...rest } = options;
  const compileOptions = { ...rest, vhosts };
  if (format === 'json') return ok(jsonFormat(jsonKeys, compileOptions));
  const text = Object.hasOwn(namedFormats, format)
    ? (namedFormats[format] ?? '')
    : unquoteFormat(format);
  if (!/[$%]/.test(text)) {
    const names = [...Object.keys(namedFormats), 'json'].join(', ');
    return err(`"${format}" is no name of a format (${names}) and has no field`);
  }
  const tokens = text.includes('$') ? tokenizeNginxFormat(text) : tokenizeApacheFormat(text);
  return tokens.ok ? compileFormat(tokens.value, compileOptions) : tokens;
}

/** What must be added to a format for a metric that it does not feed. */
const remedies: Readonly<
  Record<
    Exclude<Meaning, 'vhost' | 'time' | 'own' | ConnectionMeaning>,
    readonly [string, string, string]
  >
> = {
  status: ['webserver_log_responses_total', '$status', '%>s'],
  method: ['label method', '$request', '%r'],
  protocol: ['label protocol', '$request', '%r'],
  requestSeconds: ['webserver_log_request_duration_seconds', '$request_time', '%D'],
  upstreamConnectSeconds: ['webserver_log_upstream_connect_seconds', '$upstream_connect_time', ''],
  upstreamResponseSeconds: [
    'webserver_log_upstream_response_seconds',
    '$upstream_response_time',
    '',
  ],
  bytes: ['webserver_log_response_bytes_total', '$bytes_sent', '%O'],
  requestOnConnection: ['webserver_log_connections_reached_total', '$connection_requests', '%k'],
  aborted: ['webserver_log_client_aborts_total', '$status', '%X'],
};

/** One sentence for each metric that formats leave absent which give this. */
export function explainMissing(
  gives: ReadonlySet<Meaning>,
  server: 'apache' | 'nginx',
): readonly string[] {
  return Object.entries(remedies).flatMap(([meaning, [metric, nginx, apache]]) => {
    const addition = server === 'nginx' ? nginx : apache;
    // nginx tells aborts by status 499.
    const given =
      gives.has(meaning as Meaning) ||
      (meaning === 'aborted' && server === 'nginx' && gives.has('status'));
    return given || addition === '' ? [] : [`${metric} is absent; add ${addition} to the format`];
  });
}
