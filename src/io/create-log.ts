/** Severities in ascending order. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
export const logFormats = ['logfmt', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly write: (line: string) => void;
  readonly now: () => Date;
}

/** A log with severities, one line per message, in the two formats of Prometheus' own programs. */
export function createLog({ level, format, write, now }: LogOptions) {
  const lowest = logLevels.indexOf(level);
  const at =
    (severity: LogLevel) =>
    (message: string, fields: Fields = {}) => {
      if (logLevels.indexOf(severity) < lowest) return;
      const record = { time: now().toISOString(), level: severity, msg: message, ...fields };
      write(`${format === 'json' ? quote(record) : renderLogfmt(record)}\n`);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function renderLogfmt(record: Fields): string {
  return Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${quoteIfNeeded(String(value))}`)
    .join(' ');
}

/** JSON quoting keeps a value on one line, whatever characters a remote page contains. */
function quoteIfNeeded(text: string): string {
  return /^[\w.:/@+-]+$/.test(text) ? text : quote(text);
}

/** Characters that JSON does not escape but terminals interpret: DEL and C1, line separators, text direction. */
const unprintable = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

function quote(value: unknown): string {
  return JSON.stringify(value).replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
