import { resetLogRecord } from '../../snapshot/log-record.ts';
import type { CompiledFormat } from './compile.ts';
import { fieldMeanings } from './field-meanings.ts';
import { generateParser } from './generate-parser.ts';

/** Keys of a JSON line and the nginx variable or Apache directive whose value stands there. */
export type JsonKeys = Readonly<Record<string, string>>;

/** Keys that JSON log formats in the field use. */
export const defaultJsonKeys: JsonKeys = {
  status: '$status',
  request: '$request',
  request_method: '$request_method',
  method: '$request_method',
  server_protocol: '$server_protocol',
  protocol: '$server_protocol',
  request_time: '$request_time',
  upstream_connect_time: '$upstream_connect_time',
  upstream_response_time: '$upstream_response_time',
  bytes_sent: '$bytes_sent',
  body_bytes_sent: '$body_bytes_sent',
  connection_requests: '$connection_requests',
  time_local: '$time_local',
  time_iso8601: '$time_iso8601',
  time: '$time_iso8601',
  msec: '$msec',
  server_name: '$server_name',
  host: '$host',
};

const noText = new Uint8Array();

/** Lines that are one JSON object each, in any order of keys. Values may be numbers or strings. */
export function jsonFormat(keys: JsonKeys, vhosts: readonly string[]): CompiledFormat {
  const known = Object.entries(keys).flatMap(([key, name]) => {
    const meaning = fieldMeanings[name];
    if (meaning === undefined) return [];
    const step = { read: meaning.read(vhosts), quoted: false, text: noText };
    return [{ key, meaning, read: generateParser(noText, [step]) }];
  });
  return {
    gives: new Set(known.flatMap(({ meaning }) => meaning.gives)),
    parse(bytes, start, end, record) {
      resetLogRecord(record);
      const line = parseObject(bytes.toString('utf8', start, end));
      if (line === undefined) return false;
      for (const { key, read } of known) {
        const value = line[key];
        if (typeof value !== 'string' && typeof value !== 'number') continue;
        const text = Buffer.from(String(value));
        if (!read(text, 0, text.length, record)) return false;
      }
      return true;
    },
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
