import { present } from '../../present.ts';
import type { CheckedField, Meaning } from '../../snapshot/log-record.ts';
import type { HashKey } from './hash-address.ts';
import {
  addressReader,
  type FieldReader,
  type NumberField,
  type RecordReader,
  readConnectionStatus,
  readMethod,
  readProtocol,
  readRequest,
  readStatus,
  vhostReader,
} from './read-field.ts';
import { readDecimal, readUpstream } from './read-number.ts';
import { readAnyTime, readIsoTime, readLocalTime } from './read-time.ts';
import { timeLayout } from './strftime.ts';

export interface FieldMeaning {
  readonly meanings: readonly Meaning[];
  readonly read: (options: ReadOptions) => FieldReader;
  /** Identifies connections: read only where a key for addresses is given. */
  readonly tracking?: true;
  /** Of two fields with the same meaning, the one with the higher rank is read. */
  readonly rank: number;
  /** Fixed width, with these bytes in it: the field may contain the text that follows it in the format. */
  readonly shape?: FieldShape;
}

export interface ReadOptions {
  readonly vhosts: readonly string[];
  /** Absent where connections are not followed: hashing addresses takes time. */
  readonly addressKey?: HashKey;
}

export interface FieldShape {
  readonly width: number;
  readonly probes: readonly (readonly [offset: number, byte: number])[];
}

interface NumberOptions extends Partial<NumberField> {
  readonly field: NumberField['field'];
  readonly checked?: CheckedField;
  readonly rank?: number;
  readonly shape?: FieldShape;
}

/** One year: no request takes longer. */
const longestSeconds = 366 * 86_400;

const number = (
  name: Meaning,
  { field, checked, rank = 1, shape, ...options }: NumberOptions,
): FieldMeaning => {
  const { read: readNumber = readDecimal } = options;
  const isDecimal = readNumber === readDecimal || readNumber === readUpstream;
  const quick = isDecimal ? ('digits' as const) : ('same' as const);
  const range = { from: 0, upTo: Number.MAX_SAFE_INTEGER };
  const read = { field, unit: 1, offset: 0, quick, ...range, ...options, read: readNumber };
  return {
    meanings: [name],
    rank,
    read: () => (checked === undefined ? { read } : { read, checked }),
    ...present({ shape }),
  };
};

const requestTime = (unit: number, rank: number) =>
  number('requestSeconds', {
    field: 'requestSeconds',
    checked: 'duration',
    upTo: longestSeconds,
    unit,
    rank,
  });
const seconds = requestTime(1, 1);
const milliseconds = requestTime(1e-3, 2);
const microseconds = requestTime(1e-6, 3);

const upstream = (
  field: 'upstreamConnectSeconds' | 'upstreamResponseSeconds',
  checked: CheckedField,
) => number(field, { field, checked, read: readUpstream, upTo: longestSeconds });

/** All bytes sent rank before those of the body alone. */
const bytes = (rank: number) => number('bytes', { field: 'bytes', checked: 'bytes', rank });

const requestOnConnection = (offset: number) =>
  number('requestOnConnection', {
    field: 'requestOnConnection',
    checked: 'connection_requests',
    offset,
  });

/** The years 2000 to 2099: anything else is not a time. */
const time = (options: Partial<NumberOptions>): FieldMeaning =>
  number('time', {
    field: 'unixSeconds',
    checked: 'time',
    from: Date.UTC(2000, 0) / 1000,
    upTo: Date.UTC(2100, 0) / 1000,
    ...options,
  });

const space = 0x20;
const bracket = 0x5b;
/** `21/Nov/2026:03:18:00 +0000` */
const localTime = time({ read: readLocalTime, shape: { width: 26, probes: [[20, space]] } });
/** The same in brackets, which Apache adds. */
const bracketedTime = time({
  read: readLocalTime,
  shape: {
    width: 28,
    probes: [
      [0, bracket],
      [21, space],
    ],
  },
});
const isoTime = time({ read: readIsoTime });

const record = (
  read: RecordReader,
  meanings: readonly Meaning[],
  { rank = 1, checked }: { readonly rank?: number; readonly checked?: CheckedField } = {},
): FieldMeaning => {
  const reader = checked === undefined ? { read } : { read, checked };
  return { meanings, rank, read: () => reader };
};

const status = (rank: number) => record(readStatus, ['status'], { rank, checked: 'status' });
const request = record(readRequest, ['method', 'protocol']);

/** The host that the server chose ranks before the one in the request. */
const vhost = (rank: number): FieldMeaning => ({
  meanings: ['vhost'],
  rank,
  read: ({ vhosts }) => ({ read: vhostReader(vhosts) }),
});

/** The peer of the connection ranks before the client in a header: a proxy holds the slot, not its client. */
const address = (rank: number): FieldMeaning => ({
  meanings: ['client'],
  rank,
  tracking: true,
  read: ({ addressKey = [0, 0] }) => ({ read: addressReader(addressKey) }),
});

const highestPort = 65_535;
const port = (rank: number): FieldMeaning => ({
  ...number('remotePort', { field: 'remotePort', upTo: highestPort, rank }),
  tracking: true,
});
const connection: FieldMeaning = {
  ...number('connection', { field: 'connection' }),
  tracking: true,
};

/**
 * The fields that metrics need; all others are skipped. nginx: ngx_http_log_module, ngx_http_upstream.c. Apache:
 * mod_log_config.c (`%k` counts from 0, `%D` microseconds), mod_logio (`%O`).
 */
const fieldMeanings: Readonly<Record<string, FieldMeaning>> = {
  $status: status(1),
  $request: request,
  $request_method: record(readMethod, ['method']),
  $server_protocol: record(readProtocol, ['protocol']),
  $request_time: seconds,
  $upstream_connect_time: upstream('upstreamConnectSeconds', 'upstream_connect'),
  $upstream_response_time: upstream('upstreamResponseSeconds', 'upstream_response'),
  $bytes_sent: bytes(2),
  $body_bytes_sent: bytes(1),
  $connection: connection,
  $connection_requests: requestOnConnection(0),
  $realip_remote_addr: address(2),
  $remote_addr: address(1),
  $realip_remote_port: port(2),
  $remote_port: port(1),
  $time_local: localTime,
  $time_iso8601: isoTime,
  $msec: time({ rank: 2 }),
  $server_name: vhost(2),
  $host: vhost(1),
  $http_host: vhost(0),
  '%s': status(1),
  '%>s': status(2),
  '%r': request,
  '%m': record(readMethod, ['method']),
  '%H': record(readProtocol, ['protocol']),
  '%D': microseconds,
  '%T': seconds,
  '%{s}T': seconds,
  '%{ms}T': milliseconds,
  '%{us}T': microseconds,
  '%O': bytes(2),
  '%b': bytes(1),
  '%B': bytes(1),
  '%k': requestOnConnection(1),
  '%X': record(readConnectionStatus, ['aborted', 'keptOpen']),
  '%{c}a': address(3),
  '%a': address(2),
  '%h': address(1),
  '%{remote}p': port(1),
  '%t': bracketedTime,
  '%{sec}t': time({ rank: 1 }),
  '%{msec}t': time({ rank: 2, unit: 1e-3 }),
  '%{usec}t': time({ rank: 3, unit: 1e-6 }),
  '%v': vhost(2),
  '%V': vhost(1),
  '%{host}i': vhost(0),
};

/** The meaning of a field, by its name from the tokenizer; undefined when no metric needs it. */
export function meaningOf(name: string): FieldMeaning | undefined {
  return fieldMeanings[name] ?? timeMeaning(name);
}

/** Keys of JSON lines identify the field, but the tools that write them choose the form of a time. */
export function jsonMeaningOf(name: string): FieldMeaning | undefined {
  const meaning = meaningOf(name);
  if (meaning?.meanings[0] !== 'time' || !name.startsWith('$')) return meaning;
  return time({ read: readAnyTime, rank: meaning.rank });
}

/** Apache's `%{begin:sec}t`, `%{end:...}t` and times with a strftime pattern. */
function timeMeaning(name: string): FieldMeaning | undefined {
  const [, phase, form] = /^%\{(?:(begin|end)(?::|(?=\})))?([^}]*)\}t$/.exec(name) ?? [];
  if (form === undefined) return undefined;
  const known = phase === undefined ? undefined : fieldMeanings[form === '' ? '%t' : `%{${form}}t`];
  if (form === '%s') return fieldMeanings['%{sec}t'];
  // Lines are written when requests end, so that is the newest time on a line.
  if (known !== undefined) return { ...known, rank: known.rank + (phase === 'end' ? 10 : 0) };
  const layout = form.includes('%') ? timeLayout(form) : undefined;
  if (layout === undefined) return undefined;
  return layout.read === undefined
    ? { meanings: [], rank: 0, read: () => ({ read: () => true }), shape: layout }
    : time({ read: layout.read, shape: layout });
}
