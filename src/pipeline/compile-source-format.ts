import type { TargetConfig } from '../config/schema.ts';
import { readOwnRequests } from '../io/own-requests.ts';
import { readLogFormat } from '../io/read-log-format.ts';
import type { CompiledFormat } from '../parse/log-format/compile.ts';
import type { HashKey } from '../parse/log-format/hash-address.ts';
import { parseLogFormat } from '../parse/log-format/parse-log-format.ts';
import { present } from '../present.ts';
import { ok, type Result } from '../result.ts';
import type { Meaning } from '../snapshot/log-record.ts';
import { vhostsOf } from './line-sinks.ts';

/**
 * Compiles the parser of an access log; the error explains why the format cannot be used. With a key the parser hashes
 * addresses, provided that the format identifies connections.
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
    // The exporter sends requests only to a status page.
    ...present({
      own: status_url === undefined ? undefined : readOwnRequests(status_url),
      jsonKeys: json_keys,
    }),
  };
  if (addressKey === undefined) return parseLogFormat(options);
  const tracking = parseLogFormat({ ...options, addressKey });
  const isUseful = tracking.ok && identifiesConnections(tracking.value.fields);
  return isUseful ? tracking : parseLogFormat(options);
}

/** Whether lines have a time and identify their connection: by the server's number, or by the client's address and port. */
export function identifiesConnections(fields: ReadonlySet<Meaning>): boolean {
  const client = fields.has('client') && fields.has('remotePort');
  return fields.has('time') && (fields.has('connection') || client);
}
