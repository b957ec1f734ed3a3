import { fieldBit, resetLogRecord } from '../../snapshot/log-record.ts';
import { isObject } from '../is-object.ts';
import { type CompiledFormat, type CompileOptions, isBegin } from './compile.ts';
import { type FieldMeaning, jsonMeaningOf, type ReadOptions } from './field-meanings.ts';
import { generateParser, type LineParser } from './generate-parser.ts';
import {
  agentProduct,
  createIsOwnRequest,
  findOwnFields,
  type OwnRequests,
  type OwnRole,
} from './own-request.ts';

/** The nginx variable or Apache directive for each key of a JSON line. */
export type JsonKeys = Readonly<Record<string, string>>;

/** Keys that are common in JSON log formats. */
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
  connection: '$connection',
  connection_requests: '$connection_requests',
  time_local: '$time_local',
  time_iso8601: '$time_iso8601',
  time: '$time_iso8601',
  timestamp: '$time_iso8601',
  '@timestamp': '$time_iso8601',
  msec: '$msec',
  server_name: '$server_name',
  host: '$host',
  remote_addr: '$remote_addr',
  remote_port: '$remote_port',
  http_user_agent: '$http_user_agent',
  user_agent: '$http_user_agent',
};

const noText = new Uint8Array();

/** Lines with one JSON object each, keys in any order. Values may be numbers or strings. */
export function jsonFormat(
  keys: JsonKeys,
  { own, ...readOptions }: CompileOptions,
): CompiledFormat {
  const known = Object.entries(keys)
    .flatMap(([key, name]) => {
      const meaning = jsonMeaningOf(name);
      if (meaning === undefined) return [];
      if (meaning.tracking && readOptions.addressKey === undefined) return [];
      return [{ key, name, meaning, read: valueParser(meaning, readOptions) }];
    })
    // Of two keys with the same meaning the later one counts.
    .toSorted((a, b) => a.meaning.rank - b.meaning.rank);
  const readOwn = own === undefined ? undefined : ownReader(keys, own);
  return {
    fields: new Set([
      ...known.flatMap(({ meaning }) => meaning.meanings),
      ...(readOwn === undefined ? [] : ['own' as const]),
    ]),
    parse(bytes, start, end, record) {
      resetLogRecord(record);
      const line = parseObject(bytes.toString('utf8', start, end));
      if (line === undefined) return false;
      record.timeIsBegin = false;
      for (const { key, name, meaning, read } of known) {
        const value = line[key];
        if (typeof value !== 'string' && typeof value !== 'number') continue;
        if (meaning.meanings[0] === 'time') record.timeIsBegin = isBegin(name);
        const text = Buffer.from(String(value));
        read(text, 0, text.length, record);
      }
      record.own = readOwn?.(line) ?? false;
      return true;
    },
    explain: (line) =>
      parseObject(line.toString()) === undefined
        ? { column: 1, expected: 'one JSON object' }
        : undefined,
  };
}

function valueParser(meaning: FieldMeaning, readOptions: ReadOptions): LineParser {
  const read = meaning.read(readOptions);
  const bit = read.checked === undefined ? 0 : fieldBit(read.checked);
  const step = { name: '', read, bit, ends: 'text', text: noText } as const;
  return generateParser({ prefix: noText, steps: [step] });
}

function ownReader(keys: JsonKeys, own: OwnRequests) {
  const entries = Object.entries(keys);
  const fields = findOwnFields(entries.map(([, name]) => name));
  if (fields === undefined) return undefined;
  const isOwn = createIsOwnRequest(own);
  const agents = keysOf('agent');
  return (line: Readonly<Record<string, unknown>>): boolean => {
    const textOf = (names: readonly string[]) => {
      const value = names.map((name) => line[name]).find((text) => typeof text === 'string');
      return typeof value === 'string' ? value : '';
    };
    const agent = textOf(agents);
    if (!agent.startsWith(agentProduct)) return false;
    return isOwn({ agent, client: textOf(keysOf('client')), request: textOf(keysOf('request')) });
  };

  function keysOf(role: OwnRole): readonly string[] {
    const name = entries[fields?.get(role) ?? -1]?.[1];
    return entries.filter(([, other]) => other === name).map(([key]) => key);
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
