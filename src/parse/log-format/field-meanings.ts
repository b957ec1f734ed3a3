import {
  type FieldReader,
  type NumberField,
  readConnectionStatus,
  readDecimal,
  readIsoTime,
  readLocalTime,
  readMethod,
  readProtocol,
  readRequest,
  readStatus,
  readUpstream,
  vhostReader,
} from './read-field.ts';

/** What a metric needs from a line. */
export type Meaning =
  | 'status'
  | 'method'
  | 'protocol'
  | 'requestSeconds'
  | 'upstreamConnectSeconds'
  | 'upstreamResponseSeconds'
  | 'bytes'
  | 'requestOnConnection'
  | 'aborted'
  | 'vhost'
  | 'time';

interface FieldMeaning {
  readonly gives: readonly Meaning[];
  readonly read: (vhosts: readonly string[]) => FieldReader;
}

const field = (read: FieldReader, ...gives: readonly Meaning[]): FieldMeaning => ({
  gives,
  read: () => read,
});

type NumberOptions = Pick<NumberField, 'field'> & Partial<NumberField>;

const vhost: FieldMeaning = { gives: ['vhost'], read: vhostReader };
const number = (
  name: Meaning,
  { field: target, read = readDecimal, unit = 1, offset = 0 }: NumberOptions,
): FieldMeaning => field({ field: target, read, unit, offset }, name);

const requestTime = (unit: number) => number('requestSeconds', { field: 'requestSeconds', unit });
const seconds = requestTime(1);
const milliseconds = requestTime(1e-3);
const microseconds = requestTime(1e-6);
const unixTime = (unit: number) => number('time', { field: 'unixSeconds', unit });
const requestOnConnection = (offset: number) =>
  number('requestOnConnection', { field: 'requestOnConnection', offset });
const upstream = (target: 'upstreamConnectSeconds' | 'upstreamResponseSeconds') =>
  number(target, { field: target, read: readUpstream });
const bytes = number('bytes', { field: 'bytes' });
const localTime = field(readLocalTime, 'time');
const status = field(readStatus, 'status');

/**
 * The fields metrics read; all others are passed over. nginx: ngx_http_log_module, ngx_http_upstream.c. Apache:
 * mod_log_config.c (`%k` counts from 0, `%D` microseconds), mod_logio (`%O`).
 */
export const fieldMeanings: Readonly<Record<string, FieldMeaning>> = {
  $status: status,
  $request: field(readRequest, 'method', 'protocol'),
  $request_method: field(readMethod, 'method'),
  $server_protocol: field(readProtocol, 'protocol'),
  $request_time: seconds,
  $upstream_connect_time: upstream('upstreamConnectSeconds'),
  $upstream_response_time: upstream('upstreamResponseSeconds'),
  $bytes_sent: bytes,
  $body_bytes_sent: bytes,
  $connection_requests: requestOnConnection(0),
  $time_local: localTime,
  $time_iso8601: field(readIsoTime, 'time'),
  $msec: unixTime(1),
  $server_name: vhost,
  $host: vhost,
  $http_host: vhost,
  '%s': status,
  '%r': field(readRequest, 'method', 'protocol'),
  '%m': field(readMethod, 'method'),
  '%H': field(readProtocol, 'protocol'),
  '%D': microseconds,
  '%T': seconds,
  '%{s}T': seconds,
  '%{ms}T': milliseconds,
  '%{us}T': microseconds,
  '%O': bytes,
  '%b': bytes,
  '%B': bytes,
  '%k': requestOnConnection(1),
  '%X': field(readConnectionStatus, 'aborted'),
  '%t': localTime,
  '%{sec}t': unixTime(1),
  '%{msec}t': unixTime(1e-3),
  '%{usec}t': unixTime(1e-6),
  '%v': vhost,
  '%V': vhost,
  '%{Host}i': vhost,
};
