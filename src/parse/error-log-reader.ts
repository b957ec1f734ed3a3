import type { ServerKind } from '../snapshot/status-page.ts';
import { parseApacheErrorLine } from './apache-error-line.ts';
import type { ErrorLogEvent, ErrorLogLine } from './error-log-event.ts';
import { parseNginxErrorLine } from './nginx-error-line.ts';

export interface ErrorLogFinding {
  readonly event: ErrorLogEvent;
  readonly wallSeconds: number | undefined;
}

/** Takes the lines of one log in their order, each with its length in bytes. */
export type ErrorLogReader = (line: string, lengthBytes: number) => ErrorLogFinding | undefined;

const parsers: Readonly<Record<ServerKind, (line: string) => ErrorLogLine>> = {
  apache: parseApacheErrorLine,
  nginx: parseNginxErrorLine,
};

/** NGX_MAX_ERROR_STR: an entry is cut at 2,048 bytes, in OpenResty at 4,096. */
const longestEntryBytes = 4096;

/**
 * Finds events, but not within the longest entry's length of a line that may go on with a visitor's text: what stands
 * there can be forged down to the last byte, so an event of nginx's own there is given up.
 */
export function createErrorLogReader(server: ServerKind): ErrorLogReader {
  const parse = parsers[server];
  let bytesSinceText = longestEntryBytes;
  return (line, lengthBytes) => {
    const { event, wallSeconds, mayGoOn } = parse(line);
    const trusted = bytesSinceText >= longestEntryBytes;
    // A line in doubt moves the end of the doubt, too: where it is nginx's own, its text may go on just as well.
    if (mayGoOn === true) bytesSinceText = 0;
    bytesSinceText = Math.min(longestEntryBytes, bytesSinceText + lengthBytes + 1);
    return trusted && event !== undefined ? { event, wallSeconds } : undefined;
  };
}
