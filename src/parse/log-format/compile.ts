import { err, ok, type Result } from '../../result.ts';
import { createLogRecord, fieldBit, resetLogRecord } from '../../snapshot/log-record.ts';
import { type FieldMeaning, type Meaning, meaningOf, type ReadOptions } from './field-meanings.ts';
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
  /** What the format tells; the metrics of everything else are absent. */
  readonly gives: ReadonlySet<Meaning>;
  /** Where a line stops to follow the format; undefined when it follows it. Slow: for people. */
  explain(line: Buffer): LineProblem | undefined;
}

export interface LineProblem {
  /** In bytes, counted from 1. */
  readonly column: number;
  readonly expected: string;
}

export interface CompileOptions extends ReadOptions {
  /** Absent when no request of ours can be in the log. */
  readonly own?: OwnRequests;
  /** Without short cuts: what they are compared with. */
  readonly plain?: boolean;
}

const encoder = new TextEncoder();
const carriageReturn = 0x0d;

/** Compiles a format to the parser of its lines, and tells what they can give. */
export function compileFormat(
  format: Tokens,
  { own, plain = false, ...readOptions }: CompileOptions,
): Result<CompiledFormat, string> {
  const fields = format.tokens.map((token) => (token.kind === 'field' ? token.name : ''));
  const meanings = chooseFields(fields, readOptions);
  const timeIsBegin = [...meanings].some(
    ([index, { gives }]) => gives.includes('time') && isBegin(fields[index] ?? ''),
  );
  const gives = new Set<Meaning>([...meanings.values()].flatMap((meaning) => meaning.gives));
  if (gives.size === 0) return err('none of its fields is read by any metric');
  const ownFields = own === undefined ? undefined : findOwnFields(fields);
  if (ownFields !== undefined) gives.add('own');
  const [first] = format.tokens;
  const parser: ParserOptions = {
    prefix: encoder.encode(first?.kind === 'literal' ? first.text : ''),
    steps: buildSteps(format, { readOptions, meanings, ownFields }),
    plain,
    ...(own === undefined || ownFields === undefined ? {} : { isOwn: createIsOwnRequest(own) }),
  };
  const parseWhole = generateParser(parser);
  return ok({
    gives,
    parse: (bytes, start, end, record) => {
      resetLogRecord(record);
      record.timeIsBegin = timeIsBegin;
      // Files that passed through Windows, and syslog relays, end lines with CR LF.
      const stop = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
      return parseWhole(bytes, start, stop, record);
    },
    explain: (line) => explainLine(line, parser),
  });
}

/** Apache's times are those of the beginning unless they say otherwise (mod_log_config, log_request_time); nginx's of the end. */
export function isBegin(name: string): boolean {
  return name.startsWith('%') && !name.startsWith('%{end');
}

/** A meaning that several fields of a format can have, of which one is read: not what only adds to the others. */
const isExclusive = (meaning: Meaning | undefined): meaning is Meaning =>
  meaning !== undefined && !['method', 'protocol', 'aborted'].includes(meaning);

/** The fields of a format that are read, by their place: of those that say the same only the most exact. */
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
    const [given] = meaning.gives;
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
      ...(shape === undefined ? {} : { shape }),
      ...(role === undefined ? {} : { role }),
    });
  }
  return steps;
}

/** Lists of upstreams tried and of proxies passed hold `, `, those of upstreams ` : ` too. */
const lists =
  /^(?:\$upstream_(?:addr|status|\w+_time|\w*length|bytes_(?:sent|received))|\$http_x_forwarded_for|\$proxy_add_x_forwarded_for|%\{x-forwarded-for\}i)$/;
const hosts = /^(?:\$(?:server_name|host|http_host)|%[vV]|%\{host\}i)$/;

function endOf(name: string, text: string): Step['ends'] {
  if (hosts.test(name) && text === ':') return 'host';
  return lists.test(name) && !/^(?:, | : )/.test(text) ? 'list' : 'text';
}

/** Walks the line once more, with a parser that tells where it stops. */
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
