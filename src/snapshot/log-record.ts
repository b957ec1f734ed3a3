/** The methods of RFC 9110 and RFC 5789; everything else a client sends is `other`, no request at all is `none`. */
export const logMethods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'other',
  'none',
] as const;

export type LogMethod = (typeof logMethods)[number];

/** Protocol names as both servers log them; `none` where the line carries no protocol. */
export const logProtocols = [
  'HTTP/0.9',
  'HTTP/1.0',
  'HTTP/1.1',
  'HTTP/2.0',
  'HTTP/3.0',
  'other',
  'none',
] as const;

export type LogProtocol = (typeof logProtocols)[number];

export const otherMethod = logMethods.indexOf('other');
export const noMethod = logMethods.indexOf('none');
export const http09 = logProtocols.indexOf('HTTP/0.9');
export const otherProtocol = logProtocols.indexOf('other');
export const noProtocol = logProtocols.indexOf('none');

/**
 * The value of a number that the line does not tell. Only the reused record below knows it, because a
 * property that comes and goes would cost the hot path its speed; it is never added up nor emitted.
 */
export const ABSENT = -1;

/**
 * The fields of a line that can be there and still not be readable, by the name they are counted under. A record keeps
 * them as one bit each, in this order. Method, protocol and virtual host are not among them: they have `other`.
 */
export const checkedFields = [
  'status',
  'duration',
  'upstream_connect',
  'upstream_response',
  'bytes',
  'connection_requests',
  'time',
] as const;

export type CheckedField = (typeof checkedFields)[number];

export function fieldBit(field: CheckedField): number {
  return 1 << checkedFields.indexOf(field);
}

/**
 * What metrics read from one access-log line. One record is reused for all lines of a log: a parser
 * overwrites every field, a fold reads them before the next line. Numbers are ABSENT where unknown.
 */
export interface LogRecord {
  /** Status code as logged; 0 where the server logged `-` in its place. */
  status: number;
  /** Index into logMethods. */
  method: number;
  /** Index into logProtocols. */
  protocol: number;
  /** The request line was logged empty (`""` or `"-"`): the client never sent one. */
  requestEmpty: boolean;
  requestSeconds: number;
  /** Sum over all upstreams tried. */
  upstreamConnectSeconds: number;
  /** Sum over all upstreams tried. */
  upstreamResponseSeconds: number;
  bytes: number;
  /** Which request of its connection this was; the first is 1. */
  requestOnConnection: number;
  /** The client went away before the response was complete. */
  aborted: boolean;
  /** Index into the allow-list of virtual hosts; its length for hosts not on it. */
  vhost: number;
  /** Unix time of the line in seconds. */
  unixSeconds: number;
  /** Bits of the fields that could not be read; their figures are absent. */
  badFields: number;
  /** A request of the exporter itself: no visitor's. */
  own: boolean;
  /** Keyed hash of the address of the connection's other end. */
  client: number;
  /** The client's port: with the address it names a connection. */
  remotePort: number;
  /** The server's own number of the connection. */
  connection: number;
  /** Whether the server kept the connection open after the response: 1 or 0. */
  keptOpen: number;
  /** The time on the line is that of the request's beginning, not of its end. */
  timeIsBegin: boolean;
}

/** Doubles from the start: a property that becomes one later costs an object for each line. */
const anyDouble = 0.5;

export function createLogRecord(): LogRecord {
  const record: LogRecord = {
    status: ABSENT,
    method: noMethod,
    protocol: noProtocol,
    requestEmpty: false,
    requestSeconds: anyDouble,
    upstreamConnectSeconds: anyDouble,
    upstreamResponseSeconds: anyDouble,
    bytes: anyDouble,
    requestOnConnection: ABSENT,
    aborted: false,
    vhost: ABSENT,
    unixSeconds: anyDouble,
    badFields: 0,
    own: false,
    client: anyDouble,
    remotePort: ABSENT,
    connection: anyDouble,
    keptOpen: ABSENT,
    timeIsBegin: false,
  };
  resetLogRecord(record);
  return record;
}

/** All but `timeIsBegin`, which a format tells once for all its lines. */
export function resetLogRecord(record: LogRecord): void {
  record.status = ABSENT;
  record.method = noMethod;
  record.protocol = noProtocol;
  record.requestEmpty = false;
  record.requestSeconds = ABSENT;
  record.upstreamConnectSeconds = ABSENT;
  record.upstreamResponseSeconds = ABSENT;
  record.bytes = ABSENT;
  record.requestOnConnection = ABSENT;
  record.aborted = false;
  record.vhost = ABSENT;
  record.unixSeconds = ABSENT;
  record.badFields = 0;
  record.own = false;
  record.client = ABSENT;
  record.remotePort = ABSENT;
  record.connection = ABSENT;
  record.keptOpen = ABSENT;
}
