import { present } from '../../present.ts';
import { err, ok, type Result } from '../../result.ts';
import {
  createLogRecord,
  fieldBit,
  type Meaning,
  resetLogRecord,
} from '../../snapshot/log-record.ts';
import { type FieldMeaning, meaningOf, type ReadOptions } from './field-meanings.ts';
import {
  generateParser,
  type LineParser,
  type ParserOptions,
  type Step,
} from './generate-parser.ts';
import {
  createIsOwnRequest,
  findOwnFields,
  type OwnRequests,
  type OwnRole,
} from './own-request.ts';
import type { Tokens } from './tokenize.ts';

export interface CompiledFormat {
  /** Overwrites the whole record. */
  readonly parse: LineParser;
  /** What its lines contain; the metrics of everything else are absent. */
  readonly fields: ReadonlySet<Meaning>;
  /** Where a line departs from the format; undefined when it follows it. Slow: for messages only. */
  explain(line: Buffer): LineProblem | undefined;
}

export interface LineProblem {
  /** In bytes, counted from 1. */
  readonly column: number;
  readonly expected: string;
}

export interface CompileOptions extends ReadOptions {
  /** Absent when the log cannot contain requests of the exporter. */
  readonly own?: OwnRequests;
  /** Without short cuts; the tests compare both. */
  readonly plain?: boolean;
}

const encoder = new TextEncoder();
const carriageReturn = 0x0d;

/** Compiles a format into a parser of its lines, with the fields that it reads. */
export function compileFormat(
  format: Tokens,
  { own, plain = false, ...readOptions }: CompileOptions,
): Result<CompiledFormat, string> {
  const names = format.tokens.map((token) => (token.kind === 'field' ? token.name : ''));
  const meanings = chooseFields(names, readOptions);
  const timeIsBegin = [...meanings].some(
    ([index, meaning]) => meaning.meanings.includes('time') && isBegin(names[index] ?? ''),
  );
  const fields = new Set<Meaning>([...meanings.values()].flatMap((field) => field.meanings));
  if (fields.size === 0) return err('none of its fields is read by any metric');
  const ownFields = own === undefined ? undefined : findOwnFields(names);
  if (ownFields !== undefined) fields.add('own');
  const [first] = format.tokens;
  const parser: ParserOptions = {
    prefix: encoder.encode(first?.kind === 'literal' ? first.text : ''),
    steps: buildSteps(format, { readOptions, meanings, ownFields }),
    plain,
    ...present({ isOwn: own && ownFields && createIsOwnRequest(own) }),
  };
  const parseWhole = generateParser(parser);
  return ok({
    fields,
    parse: (bytes, start, end, record) => {
      resetLogRecord(record);
      record.timeIsBegin = timeIsBegin;
      // Files from Windows and some syslog relays end lines with CR LF.
      const stop = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
      return parseWhole(bytes, start, stop, record);
    },
    explain: (line) => explainLine(line, parser),
  });
}

/**
 * The times of Apache are those of the beginning unless the format asks for the end (mod_log_config, log_request_time);
 * those of nginx are of the end.
 */
export function isBegin(name: string): boolean {
  return name.startsWith('%') && !name.startsWith('%{end');
}

/** Whether only one of the fields with this meaning is read. Fields of method, protocol and aborts are all read. */
const isExclusive = (meaning: Meaning | undefined): meaning is Meaning =>
  meaning !== undefined && !['method', 'protocol', 'aborted'].includes(meaning);

/** The fields to read, by position: of several with the same meaning only the most exact one. */
function chooseFields(
  names: readonly string[],
  { addressKey }: ReadOptions,
): ReadonlyMap<number, FieldMeaning> {
  const chosen = new Map<number, FieldMeaning>();
  const best = new Map<Meaning, number>();
  for (const [index, name] of names.entries()) {
    const meaning = meaningOf(name);
    if (meaning === undefined) continue;
    if (meaning.tracking && addressKey === undefined) continue;
    const [given] = meaning.meanings;
    if (isExclusive(given)) {
      const before = best.get(given);
      if (before !== undefined && (chosen.get(before)?.rank ?? 0) >= meaning.rank) continue;
      if (before !== undefined) chosen.delete(before);
      best.set(given, index);
    }
    chosen.set(index, meaning);
  }
  return chosen;
}

interface StepOptions {
  readonly readOptions: ReadOptions;
  readonly meanings: ReadonlyMap<number, FieldMeaning>;
  readonly ownFields: ReadonlyMap<OwnRole, number> | undefined;
}

function buildSteps(
  { tokens, escaping }: Tokens,
  { readOptions, meanings, ownFields }: StepOptions,
): readonly Step[] {
  const roles = new Map([...(ownFields ?? [])].map(([role, index]) => [index, role]));
  const steps: Step[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'literal') continue;
    const before = tokens[index - 1];
    const after = tokens[index + 1];
    const text = after?.kind === 'literal' ? after.text : '';
    const opened = before?.kind === 'literal' && before.text.endsWith('"');
    const quoted = opened && text.startsWith('"') && escaping !== 'none';
    const read = meanings.get(index)?.read(readOptions);
    const role = roles.get(index);
    const shape = meaningOf(token.name)?.shape;
    steps.push({
      name: token.name,
      read,
      bit: read?.checked === undefined ? 0 : fieldBit(read.checked),
      ends: quoted ? 'quote' : endOf(token.name, text),
      text: encoder.encode(text),
      ...present({ shape, role }),
    });
  }
  return steps;
}

/** Lists of upstreams and of proxies contain `, `; those of upstreams also ` : `. */
const lists =
  /^(?:\$upstream_(?:addr|status|\w+_time|\w*length|bytes_(?:sent|received))|\$http_x_forwarded_for|\$proxy_add_x_forwarded_for|%\{x-forwarded-for\}i)$/;
const hosts = /^(?:\$(?:server_name|host|http_host)|%[vV]|%\{host\}i)$/;

function endOf(name: string, text: string): Step['ends'] {
  if (hosts.test(name) && text === ':') return 'host';
  return lists.test(name) && !/^(?:, | : )/.test(text) ? 'list' : 'text';
}

/** Parses the line again, with a parser that reports where it stops. */
function explainLine(line: Buffer, parser: ParserOptions): LineProblem | undefined {
  let problem: LineProblem | undefined;
  const onStop = (at: number, step: number) => {
    problem = { column: at + 1, expected: expectedAt(parser, step) };
  };
  const end = line.at(-1) === carriageReturn ? line.length - 1 : line.length;
  generateParser({ ...parser, plain: true, onStop })(line, 0, end, createLogRecord());
  return problem;
}

function expectedAt({ prefix, steps }: ParserOptions, step: number): string {
  if (step === steps.length) return 'the end of the line';
  const stopped = steps[step];
  const text = JSON.stringify(Buffer.from(stopped?.text ?? prefix).toString());
  return stopped === undefined ? `${text} at the beginning` : `${text} after ${stopped.name}`;
}
