import { type ErrorLogEvent, type ErrorLogLine, syslogHeaderLength } from './error-log-event.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `[Sat Nov 21 14:00:00.123456 2026] `; 2.2 has no fraction. */
const time =
  /^\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.\d{1,6})? (\d{4})\] /;
/** `[mpm_event:error] [pid 7:tid 7] AH00484: `; 2.2 names neither module nor process, some versions no number. */
const origin = /^\[(?:([\w-]*):)?([a-z]+\d?)\] (?:\[pid \d+(?::tid \d+)?\] )?/;
const number = /^AH\d{5}: /;

/** prefork.c, worker.c, event.c; 2.2 says MaxClients. */
const ofMpm: readonly (readonly [RegExp, ErrorLogEvent])[] = [
  [/^server reached Max(?:RequestWorkers|Clients) setting/, 'max_request_workers'],
  [
    /^server is within MinSpareThreads of Max(?:RequestWorkers|Clients)/,
    'near_max_request_workers',
  ],
  [/^scoreboard is full, not at Max(?:RequestWorkers|Clients)/, 'scoreboard_full'],
];
/** Where the server writes an error of the system, before the client: core.c, `(24)Too many open files: `. */
const noDescriptor = /^\(2[34]\)Too many open files(?: in system)?: /;
/** mod_reqtimeout.c */
const readTimeout =
  /^\[client [\w.:%]+\] (?:AH01382: )?Request (?:handshake|header|body) read timeout$/;

/** Parses a line of Apache's error log in its default format. Apache escapes newlines in text from clients. */
export function parseApacheErrorLine(line: string): ErrorLogLine {
  const header = syslogHeaderLength(line);
  const when = time.exec(line);
  // Apache does not write its own time to syslog.
  if (when === null && header === 0) return {};
  const text = line.slice(when?.[0].length ?? header);
  const event = eventOf(text);
  return {
    ...(when === null ? {} : { wallSeconds: wallSecondsOf(when) }),
    ...(event === undefined ? {} : { event }),
  };
}

function eventOf(text: string): ErrorLogEvent | undefined {
  const found = origin.exec(text);
  if (found === null) return undefined;
  const [head, module, level] = found;
  const message = text.slice(head.length);
  if (noDescriptor.test(message)) return 'too_many_open_files';
  if (level === 'info' && (module ?? 'reqtimeout') === 'reqtimeout' && readTimeout.test(message))
    return 'request_read_timeout';
  if (level !== 'error' || !(module ?? 'mpm_').startsWith('mpm_')) return undefined;
  const words = message.replace(number, '');
  return ofMpm.find(([wording]) => wording.test(words))?.[1];
}

function wallSecondsOf([, month = '', day, hour, minute, second, year]: RegExpExecArray): number {
  const days = Date.UTC(Number(year), months.indexOf(month), Number(day)) / 1000;
  return days + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
}
