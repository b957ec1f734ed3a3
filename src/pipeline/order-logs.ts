import { fileSize } from '../io/file-size.ts';
import { readFirstLines } from '../io/read-first-lines.ts';
import type { CompiledFormat } from '../parse/log-format/compile.ts';
import { ABSENT, createLogRecord } from '../snapshot/log-record.ts';

interface LogFile {
  readonly path: string;
  readonly bytes: number;
  readonly firstSeconds: number;
}

/** Rotated logs are listed in any order but must be read from the oldest on. */
export async function orderLogs(
  paths: readonly string[],
  format: CompiledFormat,
): Promise<readonly LogFile[]> {
  const files = await Promise.all(
    paths.map(async (path) => ({
      path,
      bytes: await fileSize(path),
      firstSeconds: firstTime(await readFirstLines(path), format),
    })),
  );
  return files.toSorted((a, b) => a.firstSeconds - b.firstSeconds);
}

function firstTime(lines: readonly Buffer[], format: CompiledFormat): number {
  const record = createLogRecord();
  for (const line of lines) {
    const isRead = format.parse(line, 0, line.length, record);
    if (isRead && record.unixSeconds !== ABSENT) return record.unixSeconds;
  }
  return 0;
}
