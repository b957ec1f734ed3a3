import { formatCount } from '../derive/format-figures.ts';
import { createGapTracker, type GapTrackerOptions } from '../derive/gap-state.ts';
import { summarizeGaps, trackRecord } from '../derive/gap-tracker.ts';
import { createAddressKey } from '../io/create-address-key.ts';
import { readOwnRequests, usualStatusUrls } from '../io/own-requests.ts';
import { readLogFile } from '../io/read-log-file.ts';
import type { CompiledFormat } from '../parse/log-format/compile.ts';
import { parseLogFormat } from '../parse/log-format/parse-log-format.ts';
import { err, ok, type Result } from '../result.ts';
import type { GapSummary } from '../snapshot/gap-summary.ts';
import { createLogRecord } from '../snapshot/log-record.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import { orderLogs } from './order-logs.ts';

export interface LogGapsOptions extends GapTrackerOptions {
  readonly paths: readonly string[];
  readonly format: string;
  readonly server: ServerKind;
  /** Called from time to time with the progress, in bytes of the files. */
  readonly onProgress: (read: number, all: number) => void;
}

export interface LogGaps {
  readonly summary: GapSummary;
  /** How many lines do not follow the format, and why the first does not; absent without such lines. */
  readonly otherLines?: string;
}

/** The gaps between requests in whole log files. An error explains why there are none. */
export async function readLogGaps(options: LogGapsOptions): Promise<Result<LogGaps, string>> {
  const { format, server, onProgress } = options;
  const addressKey = createAddressKey();
  const own = readOwnRequests(usualStatusUrls[server]);
  const compiled = parseLogFormat({ format, own, addressKey });
  if (!compiled.ok) return err(`--format: ${compiled.error}`);
  const tracker = createGapTracker(options);
  const record = createLogRecord();
  const files = await orderLogs(options.paths, compiled.value);
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let [before, lines, understood] = [0, 0, 0];
  let first: Buffer | undefined;
  for (const { path, bytes } of files) {
    const read = await readLogFile(
      path,
      (buffer, start, end) => {
        lines++;
        if (!compiled.value.parse(buffer, start, end, record)) {
          first ??= Buffer.from(buffer.subarray(start, end));
          return;
        }
        understood++;
        trackRecord(tracker, record);
      },
      (done) => onProgress(before + done, all),
    );
    if (!read.ok) return read;
    before += bytes;
  }
  const summary = summarizeGaps(tracker);
  if (first === undefined) {
    return lines > 0
      ? ok({ summary })
      : err(`${options.paths.join(', ')}: the files contain no line`);
  }
  const stop = stopOf(compiled.value, first);
  if (understood === 0) {
    return err(`none of the ${formatCount(lines)} lines follows the format "${format}"${stop}`);
  }
  const count = `${formatCount(lines - understood)} of ${formatCount(lines)} lines`;
  return ok({ summary, otherLines: `${count} do not follow the format and are left out${stop}` });
}

/** Why a line does not follow the format, as check-config shows it. */
function stopOf(format: CompiledFormat, line: Buffer): string {
  const stop = format.explain(line);
  return stop === undefined
    ? ''
    : `: the first stops at column ${stop.column}, expected ${stop.expected}`;
}
