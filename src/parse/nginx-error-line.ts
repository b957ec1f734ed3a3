import { type ErrorLogEvent, type ErrorLogLine, syslogHeaderLength } from './error-log-event.ts';

/** ngx_log_error_core(): `2026/11/21 14:00:00 [alert] 7#7: *12 message, client: ...`; some lines have no number. */
const entry =
  /^(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d) \[([a-z]+)\] \d+#\d+: (?:(\*)\d+ )?(.*)$/s;

/** ngx_get_connection() and, since 1.19.2, ngx_drain_connections(). */
const exhausted = /^\d+ worker_connections are not enough(?:$| while |, (?!reusing))/;
const reclaimed = /^\d+ worker_connections are not enough, reusing connections(?:$| while |, )/;
/** accept4(), socket(), pipe() ... `failed (24: Too many open files)`: no text of a visitor comes before it. */
const noDescriptor = /^\w+\(\) failed \(2[34]: Too many open files(?: in system)?\)/;
/** In lines of a connection (`*12`) the path comes from a visitor, so only lines without one count. */
const noDescriptorForPath = /^open\w*\(\) "[^"]*" failed \(2[34]: Too many open files/;
const descriptorLevels: ReadonlySet<string> = new Set(['crit', 'alert', 'emerg']);

/** Entries of a connection whose message contains no text of a visitor. */
const harmless =
  /^(?:\w+\(\) failed \(|\d+ worker_connections |client |upstream (?:timed out|prematurely closed)|no live upstreams|limiting |delaying |an? (?:client request body|upstream response) is buffered)/;
/**
 * The text after `, client:` is as the visitor sent it, except two paths that may be decoded: that of a subrequest, and
 * that of an upstream with `proxy_pass http://app$uri`. In that case the request line before it contains %0A.
 */
const decodedTail = /, subrequest: "|%0a/i;
const ofScript = /^(?:\[lua\]|js: )/;

/** Parses a line of nginx's error log. Only the beginning of the message is checked. */
export function parseNginxErrorLine(line: string): ErrorLogLine {
  const found = entry.exec(line.slice(syslogHeaderLength(line)));
  if (found === null) return {};
  const [, year, month, day, hour, minute, second, level = '', star, message = ''] = found;
  const event = eventOf(level, star !== undefined, message);
  const days = Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1000;
  return {
    wallSeconds: days + Number(hour) * 3600 + Number(minute) * 60 + Number(second),
    ...(event === undefined ? {} : { event }),
    ...(mayContinue(star !== undefined, message) ? { mayContinue: true } : {}),
  };
}

function eventOf(level: string, ofConnection: boolean, message: string): ErrorLogEvent | undefined {
  if (level === 'alert' && exhausted.test(message)) return 'worker_connections_exhausted';
  if (level === 'warn' && reclaimed.test(message)) return 'keepalive_reclaimed';
  if (!descriptorLevels.has(level)) return undefined;
  if (noDescriptor.test(message)) return 'too_many_open_files';
  if (!ofConnection && noDescriptorForPath.test(message)) return 'too_many_open_files';
  return undefined;
}

/**
 * nginx writes decoded paths, user names and script output with their newlines. A request for `GET /x%0A2026/11/21 ...`
 * of a missing file writes a line that resembles one of nginx itself (observed with 1.22.1).
 */
function mayContinue(ofConnection: boolean, message: string): boolean {
  if (ofScript.test(message)) return true;
  return ofConnection && (!harmless.test(message) || decodedTail.test(message));
}
