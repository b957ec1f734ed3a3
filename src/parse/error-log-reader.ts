import type { ServerKind } from '../snapshot/status-page.ts';
import { parseApacheErrorLine } from './apache-error-line.ts';
import type { ErrorLogEvent, ErrorLogLine } from './error-log-event.ts';
import { parseNginxErrorLine } from './nginx-error-line.ts';

export interface ErrorLogFinding {
  readonly event: ErrorLogEvent;
  readonly wallSeconds: number | undefined;
}

/** Takes the lines of one log in order, each with its length in bytes. */
export type ErrorLogReader = (line: string, lengthBytes: number) => ErrorLogFinding | undefined;

const parsers: Readonly<Record<ServerKind, (line: string) => ErrorLogLine>> = {
  apache: parseApacheErrorLine,
  nginx: parseNginxErrorLine,
};

/** NGX_MAX_ERROR_STR: nginx truncates an entry at 2,048 bytes, OpenResty at 4,096. */
const longestEntryBytes = 4096;

/**
 * Finds events, except within the maximum length of an entry after a line that may contain a visitor's text: that text
 * can forge whole lines. A real event of nginx there is ignored, too.
 */
export function createErrorLogReader(server: ServerKind): ErrorLogReader {
  const parse = parsers[server];
  let bytesSinceText = longestEntryBytes;
  return (line, lengthBytes) => {
    const { event, wallSeconds, mayContinue } = parse(line);
    const trusted = bytesSinceText >= longestEntryBytes;
    // Also for a line that is not trusted: if nginx itself wrote it, it may contain a visitor's text as well.
    if (mayContinue === true) bytesSinceText = 0;
    bytesSinceText = Math.min(longestEntryBytes, bytesSinceText + lengthBytes + 1);
    return trusted && event !== undefined ? { event, wallSeconds } : undefined;
  };
}
