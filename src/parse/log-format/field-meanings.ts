import {
  type FieldReader,
  numberReader,
  readConnectionStatus,
  readIsoTime,
  readLocalTime,
  readMethod,
  readProtocol,
  readRequest,
  readStatus,
  upstreamReader,
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

const vhost: FieldMeaning = { gives: ['vhost'], read: vhostReader };
const seconds = field(numberReader('requestSeconds'), 'requestSeconds');
const milliseconds = field(numberReader('requestSeconds', 1e-3), 'requestSeconds');
const microseconds = field(numberReader('requestSeconds', 1e-6), 'requestSeconds');
const bytes = field(numberReader('bytes'), 'bytes');
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
  $upstream_connect_time: field(upstreamReader('upstreamConnectSeconds'), 'upstreamConnectSeconds'),
  $upstream_response_time: field(
    upstreamReader('upstreamResponseSeconds'),
    'upstreamResponseSeconds',
  ),
  $bytes_sent: bytes,
  $body_bytes_sent: bytes,
  $connection_requests: field(numberReader('requestOnConnection'), 'requestOnConnection'),
  $time_local: localTime,
  $time_iso8601: field(readIsoTime, 'time'),
  $msec: field(numberReader('unixSeconds'), 'time'),
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
  '%k': field(numberReader('requestOnConnection', 1, 1), 'requestOnConnection'),
  '%X': field(readConnectionStatus, 'aborted'),
  '%t': localTime,
  '%{sec}t': field(numberReader('unixSeconds'), 'time'),
  '%{msec}t': field(numberReader('unixSeconds', 1e-3), 'time'),
  '%{usec}t': field(numberReader('unixSeconds', 1e-6), 'time'),
  '%v': vhost,
  '%V': vhost,
  '%{Host}i': vhost,
};
