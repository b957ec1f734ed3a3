import { err, ok, type Result } from '../../result.ts';
import { type LogRecord, resetLogRecord } from '../../snapshot/log-record.ts';
import { fieldMeanings, type Meaning } from './field-meanings.ts';
import type { FieldReader } from './read-field.ts';
import type { Escaping, FormatToken, Tokens } from './tokenize.ts';

/** Reads the line `bytes[start, end)`, without its newline, into the record; false when it does not follow the format. */
export type LineParser = (
  bytes: Uint8Array,
  start: number,
  end: number,
  record: LogRecord,
) => boolean;

export interface CompiledFormat {
  readonly parse: LineParser;
  /** What the format tells; the metrics of everything else are absent. */
  readonly gives: ReadonlySet<Meaning>;
}

/** How a field ends: at the text that follows it, of which a quoted one may hold an escaped copy. */
type FieldEnd = 'quote' | 'literal' | 'line';

/** A field (unless a format begins with text) and the text that follows it. */
interface Step {
  readonly read: FieldReader | undefined;
  readonly end: FieldEnd;
  readonly literal: Uint8Array;
}

const encoder = new TextEncoder();
const quote = 0x22;
const backslash = 0x5c;
const carriageReturn = 0x0d;

/**
 * Compiles a format to a parser that walks a line once and makes no strings. It is assembled from closures: no code is
 * generated, neither from a format nor from a log.
 */
export function compileFormat(
  { tokens, escaping }: Tokens,
  vhosts: readonly string[] = [],
): Result<CompiledFormat, string> {
  const prefix = tokens[0]?.kind === 'literal' ? encoder.encode(tokens[0].text) : new Uint8Array();
  const steps = buildSteps(tokens, { escaping, vhosts });
  const gives = new Set(
    tokens.flatMap((token) =>
      token.kind === 'field' ? (fieldMeanings[token.name]?.gives ?? []) : [],
    ),
  );
  if (gives.size === 0) return err('none of its fields is read by any metric');
  return ok({
    gives,
    parse: (bytes, start, end, record) => {
      resetLogRecord(record);
      // Files that passed through Windows, and syslog relays, end lines with CR LF.
      const stop = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
      if (!startsWith(bytes, start, stop, prefix)) return false;
      if (!walk(bytes, { start: start + prefix.length, end: stop }, { steps, record }))
        return false;
      // 499: the client closed before the response (nginx, NGX_HTTP_CLIENT_CLOSED_REQUEST).
      if (record.status === 499) record.aborted = true;
      return true;
    },
  });
}

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Walk {
  readonly steps: readonly Step[];
  readonly record: LogRecord;
}

function walk(bytes: Uint8Array, { start, end }: Range, { steps, record }: Walk): boolean {
  let at = start;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as Step;
    const fieldEnd = findEnd(bytes, at, end, step);
    if (fieldEnd === -1) return false;
    if (step.read !== undefined && !step.read(bytes, at, fieldEnd, record)) return false;
    at = fieldEnd + step.literal.length;
  }
  return at === end;
}

function findEnd(bytes: Uint8Array, start: number, end: number, step: Step): number {
  if (step.end === 'line') return end;
  if (step.end === 'quote') {
    const at = endOfQuoted(bytes, start, end);
    return at < end && startsWith(bytes, at, end, step.literal) ? at : -1;
  }
  const { literal } = step;
  const first = literal[0];
  const last = end - literal.length;
  for (let at = start; at <= last; at++) {
    if (bytes[at] === first && (literal.length === 1 || startsWith(bytes, at, end, literal))) {
      return at;
    }
  }
  return -1;
}

/** The closing quote, or `end`. Backslashes are rare: only where one stands before a quote each byte is looked at. */
function endOfQuoted(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes.indexOf(quote, start);
  if (first === -1 || first >= end) return end;
  if (first === start || bytes[first - 1] !== backslash) return first;
  let at = start;
  while (at < end && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return Math.min(at, end);
}

/** Called several times a line: an options object would be made each time. */
function startsWith(bytes: Uint8Array, at: number, end: number, literal: Uint8Array): boolean {
  if (end - at < literal.length) return false;
  for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return false;
  return true;
}

interface StepOptions {
  readonly escaping: Escaping;
  readonly vhosts: readonly string[];
}

function buildSteps(tokens: readonly FormatToken[], options: StepOptions): readonly Step[] {
  const steps: Step[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'literal') continue;
    const before = tokens[index - 1];
    const after = tokens[index + 1];
    const literal = after?.kind === 'literal' ? after.text : '';
    const opened = before?.kind === 'literal' && before.text.endsWith('"');
    const quoted = opened && literal.startsWith('"') && options.escaping !== 'none';
    steps.push({
      read: fieldMeanings[token.name]?.read(options.vhosts),
      end: quoted ? 'quote' : literal === '' ? 'line' : 'literal',
      literal: encoder.encode(literal),
    });
  }
  return steps;
}
