import type { TargetConfig } from '../config/schema.ts';
import { readOwnRequests } from '../io/own-requests.ts';
import { readLogFormat } from '../io/read-log-format.ts';
import type { CompiledFormat } from '../parse/log-format/compile.ts';
import type { HashKey } from '../parse/log-format/hash-address.ts';
import { parseLogFormat } from '../parse/log-format/parse-log-format.ts';
import { ok, type Result } from '../result.ts';
import type { Meaning } from '../snapshot/log-record.ts';
import { vhostsOf } from './line-sinks.ts';

/**
 * The parser of an access log; in words why there is none. With a key it tells connections apart, where the format
 * gives what that takes; else no address is hashed for nothing.
 */
export async function compileSourceFormat(
  { format, format_file, json_keys }: TargetConfig['access_logs'][number],
  { server, access_logs, status_url }: TargetConfig,
  addressKey?: HashKey,
): Promise<Result<CompiledFormat, string>> {
  const text =
    format_file === undefined
      ? ok(format)
      : await readLogFormat({ file: format_file, name: format, server });
  if (!text.ok) return text;
  const options = {
    format: text.value,
    vhosts: vhostsOf(access_logs),
    // Without a status page no request of ours can be in the log.
    ...(status_url === undefined ? {} : { own: readOwnRequests(status_url) }),
    ...(json_keys === undefined ? {} : { jsonKeys: json_keys }),
  };
  if (addressKey === undefined) return parseLogFormat(options);
  const tracking = parseLogFormat({ ...options, addressKey });
  const isUseful = tracking.ok && identifiesConnections(tracking.value.fields);
  return isUseful ? tracking : parseLogFormat(options);
}

/** The server's number of a connection, or its peer's address and port; and the time of the line. */
export function identifiesConnections(fields: ReadonlySet<Meaning>): boolean {
  const peer = fields.has('client') && fields.has('remotePort');
  return fields.has('time') && (fields.has('connection') || peer);
}
