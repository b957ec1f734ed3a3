/** The methods of RFC 9110 and RFC 5789. `other` is any other method, `none` a line without a request. */
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

/** Protocol names as both servers log them; `none` where the line has no protocol. */
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

/** Status of a request that did not arrive in time. */
export const requestTimeout = 408;
/** nginx's status for a client that went away before its response (NGX_HTTP_CLIENT_CLOSED_REQUEST). */
export const clientClosedRequest = 499;

/** Whether the status shows that a client or the server stopped waiting for the other. */
export function isGivenUp(status: number): boolean {
  return status === requestTimeout || status === clientClosedRequest;
}

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
  | 'time'
  | 'own'
  | ConnectionMeaning;

/** What identifies connections, and whether they stay open. */
export type ConnectionMeaning = 'client' | 'remotePort' | 'connection' | 'keptOpen';

/**
 * Stands for a number that the line does not contain. Only the reused record below uses it, because a property that
 * comes and goes would slow down the hot path. It is never summed or exposed.
 */
export const ABSENT = -1;

/**
 * Fields that can be present and still unreadable, by the name under which they are counted. A record stores them as
 * bits in this order. Method, protocol and virtual host are not in the list: they have `other`.
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
 * What metrics need from one line of an access log. One record is reused for all lines of a log: a parser overwrites
 * every field, and a fold reads them before the next line. Unknown numbers are ABSENT.
 */
export interface LogRecord {
  /** Status code as logged; 0 where the server logged `-`. */
  status: number;
  /** Index into logMethods. */
  method: number;
  /** Index into logProtocols. */
  protocol: number;
  /** The request line is empty (`""` or `"-"`): the client never sent a request. */
  requestEmpty: boolean;
  requestSeconds: number;
  /** Sum over all upstreams tried. */
  upstreamConnectSeconds: number;
  /** Sum over all upstreams tried. */
  upstreamResponseSeconds: number;
  bytes: number;
  /** The number of the request on its connection, starting at 1. */
  requestOnConnection: number;
  /** The client went away before the response was complete. */
  aborted: boolean;
  /** Index into the allow-list of virtual hosts; its length for hosts not on it. */
  vhost: number;
  /** Unix time of the line in seconds. */
  unixSeconds: number;
  /** Bits of the fields that could not be read; their figures are absent. */
  badFields: number;
  /** A request of the exporter itself, not of a visitor. */
  own: boolean;
  /** Keyed hash of the peer's address. */
  client: number;
  /** The client's port: address and port identify a connection. */
  remotePort: number;
  /** The server's own number of the connection. */
  connection: number;
  /** Whether the server kept the connection open after the response: 1 or 0. */
  keptOpen: number;
  /** The time on the line is the beginning of the request, not its end. */
  timeIsBegin: boolean;
}

/** Doubles from the start: a property that changes to a double later allocates an object for each line. */
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

/** Resets all fields except `timeIsBegin`, which is the same for all lines of a format. */
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
