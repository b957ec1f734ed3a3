import { createPeriodFold } from '../derive/fold-period.ts';
import { createHeldCounter } from '../derive/held-seconds.ts';
import { createAddressKey } from '../io/create-address-key.ts';
import { readOwnRequests, usualStatusUrls } from '../io/own-requests.ts';
import { readLogFile } from '../io/read-log-file.ts';
import { parseLogFormat } from '../parse/log-format/parse-log-format.ts';
import { err, ok, type Result } from '../result.ts';
import { createLogRecord } from '../snapshot/log-record.ts';
import type { Period } from '../snapshot/period.ts';
import { orderLogs } from './order-logs.ts';

export interface LogPeriodOptions {
  readonly paths: readonly string[];
  readonly format: string;
  readonly stepSeconds: number;
  /** The keep-alive timeout in force in that period. With it the slots that visitors held can be computed. */
  readonly timeoutSeconds?: number;
}

/** One period from whole log files. An error explains why there is none. */
export async function readLogPeriod(options: LogPeriodOptions): Promise<Result<Period, string>> {
  const { paths, format, stepSeconds, timeoutSeconds } = options;
  const compiled = parseLogFormat({
    format,
    vhosts: [],
    // Only a LogFormat of Apache contains percent signs.
    own: readOwnRequests(usualStatusUrls[format.includes('%') ? 'apache' : 'nginx']),
    addressKey: createAddressKey(),
  });
  if (!compiled.ok) return err(`--format: ${compiled.error}`);
  const fold = createPeriodFold(stepSeconds);
  const heldBy = timeoutSeconds === undefined ? undefined : createHeldCounter(timeoutSeconds);
  const record = createLogRecord();
  let lines = 0;
  let understood = 0;
  for (const { path } of await orderLogs(paths, compiled.value)) {
    const read = await readLogFile(path, (bytes, start, end) => {
      lines++;
      if (!compiled.value.parse(bytes, start, end, record)) return;
      understood++;
      fold.add(record, heldBy?.(record));
    });
    if (!read.ok) return read;
  }
  const period = fold.period();
  if (period !== undefined) return ok(period);
  return err(
    `${paths.join(', ')}: ${understood} of ${lines} lines follow the format, and none of them contains a time`,
  );
}
