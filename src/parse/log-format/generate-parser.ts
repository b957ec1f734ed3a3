import type { LogRecord } from '../../snapshot/log-record.ts';
import type { FieldShape } from './field-meanings.ts';
import { closingQuote, endOfHost, isWithinList } from './find-end.ts';
import type { IsOwnRequest, OwnRole } from './own-request.ts';
import type { FieldReader } from './read-field.ts';
import { recall, rememberNothing } from './remember-text.ts';
import { canEndDigits, powersOfTen, renderDigits, renderKeep } from './render-number.ts';

/**
 * Reads the line `bytes[start, end)`, without its newline, into an empty record; false when it does not follow the
 * format.
 */
export type LineParser = (bytes: Buffer, start: number, end: number, record: LogRecord) => boolean;

/** A field and the text after it; empty text at the end of the line. */
export interface Step {
  /** The name in the format. */
  readonly name: string;
  /** Undefined for a field that no metric needs. */
  readonly read: FieldReader | undefined;
  /** Bit of the field in `badFields`. */
  readonly bit: number;
  /** Where the field ends: at its closing quote, at the text, or at the text outside of a list or a host. */
  readonly ends: 'quote' | 'text' | 'list' | 'host';
  readonly shape?: FieldShape;
  readonly text: Uint8Array;
  /** The role of the field in identifying requests of the exporter. */
  readonly role?: OwnRole;
}

export interface ParserOptions {
  readonly prefix: Uint8Array;
  readonly steps: readonly Step[];
  readonly isOwn?: IsOwnRequest;
  /** Finds each field and then reads it, without short cuts; the tests compare both. */
  readonly plain?: boolean;
  /**
   * Called with the position and the step at which a line departs from the format; -1 is the prefix, the number of
   * steps is the end.
   */
  readonly onStop?: (at: number, step: number) => void;
}

/**
 * A parser that scans a line once and creates no strings. Its code is generated, so that each field has its own call
 * and each text its own comparisons, which the engine inlines; this is a third faster than a loop over the steps. The
 * generated code contains only byte values and lengths of the format, and nothing of a log.
 */
export function generateParser(options: ParserOptions): LineParser {
  const { prefix, steps, isOwn, onStop } = options;
  const stop: Stop = (step, at = 'at') =>
    onStop === undefined ? 'return false;' : `return stopped(${at}, ${step});`;
  const render = renderer(stop, options.plain ?? false);
  const body = [
    `if (${isNot(prefix)}) ${stop(-1)}`,
    `at += ${prefix.length};`,
    ...steps.flatMap((step, index) => render(step, index)),
    `if (at !== end) ${stop(steps.length)}`,
    ...(isOwn === undefined ? [] : [renderOwn]),
    'return true;',
  ].join('\n');
  const make = new Function(
    'readers',
    'helpers',
    'stopped',
    'isOwn',
    `const { ${Object.keys(helpers).join(', ')} } = helpers;
${steps.map((_, index) => `const read${index} = readers[${index}], known${index} = rememberNothing();`).join('\n')}
return (bytes, start, end, record) => {
let at = start, field = start, value = 0, digit = 0, point = 0;
let client = 0, clientEnd = 0, agent = 0, agentEnd = 0, request = 0, requestEnd = 0;
${body}
};`,
  );
  const stopped = (at: number, step: number): false => {
    onStop?.(at, step);
    return false;
  };
  const readers = steps.map(({ read }) =>
    typeof read?.read === 'object' ? read.read.read : read?.read,
  );
  return make(readers, helpers, stopped, isOwn) as LineParser;
}

/** Functions that the generated code calls. */
const helpers = { closingQuote, endOfHost, isWithinList, recall, rememberNothing, powersOfTen };

/** Code that stops: the line departs from the format at a step. */
type Stop = (step: number, at?: string) => string;

function renderer(stop: Stop, plain: boolean) {
  return (step: Step, index: number): readonly string[] => {
    const { role, text } = step;
    return [
      'field = at;',
      ...renderField(step, { index, stop, plain }),
      ...(role === undefined ? [] : [`${role} = field; ${role}End = at;`]),
      `at += ${text.length};`,
    ];
  };
}

interface Place {
  readonly index: number;
  readonly stop: Stop;
  readonly plain: boolean;
}

/** Code that moves `at` to the end of the field, and reads its value into the record. */
function renderField(step: Step, { index, stop, plain }: Place): readonly string[] {
  const search = renderSearch(step, index, stop);
  const { read, text } = step;
  if (read === undefined) return search;
  const bad = `record.badFields |= ${step.bit};`;
  if (typeof read.read === 'function') {
    return [...search, `if (!read${index}(bytes, field, at, record)) ${bad}`];
  }
  const keep = renderKeep(read.read, bad);
  const long = [...search, `value = read${index}(bytes, field, at);`];
  if (plain) return [...long, ...keep];
  if (read.read.quick === 'same') {
    const again = `recall(known${index}, read${index}, bytes, field, at);`;
    return [...search, again, `value = known${index}.value;`, ...keep];
  }
  if (!canEndDigits(text)) return [...long, ...keep];
  return [...renderDigits({ isLonger: renderIsLonger(step), otherwise: long }), ...keep];
}

/** Whether a field with a plain number does not end at `at`. */
function renderIsLonger({ text, ends }: Step): string {
  if (text.length === 0) return 'at !== end';
  return ends === 'list' ? `${isNot(text)} || isWithinList(bytes, field, at)` : isNot(text);
}

/** Code that moves `at` to the end of the field. */
function renderSearch(
  { text, ends, shape }: Pick<Step, 'text' | 'ends' | 'shape'>,
  index: number,
  stop: Stop,
): readonly string[] {
  if (text.length === 0) return ['at = end;'];
  if (ends === 'quote' || ends === 'host') {
    const edge = ends === 'quote' ? 'closingQuote' : 'endOfHost';
    return [`at = ${edge}(bytes, at, end);`, `if (${isNot(text)}) ${stop(index)}`];
  }
  const search = `while (${isNot(text)}) if (++at > end - ${text.length}) ${stop(index, 'field')}`;
  if (shape !== undefined) return [`${renderShape(shape, text)} else ${search}`];
  if (ends === 'text') return [search];
  return [`for (;;) { ${search}`, 'if (!isWithinList(bytes, field, at)) break;', 'at++; }'];
}

/** A field of fixed width may contain the text that follows it: `[21/Nov/2026:03:18:00 +0000]` contains a space. */
function renderShape({ width, probes }: FieldShape, text: Uint8Array): string {
  const looksSo = probes.map(([offset, byte]) => `bytes[at + ${offset}] === ${byte}`);
  const follows = [...text].map((byte, index) => `bytes[at + ${width + index}] === ${byte}`);
  const fits = `at <= end - ${width + text.length}`;
  return `if (${[fits, ...looksSo, ...follows].join(' && ')}) at += ${width};`;
}

/** Strings are created only for lines whose user agent begins with a `k`, as that of the exporter does. */
const renderOwn = `if (bytes[agent] === 107 && agentEnd > agent) record.own = isOwn({
client: bytes.latin1Slice(client, clientEnd),
agent: bytes.latin1Slice(agent, agentEnd),
request: bytes.latin1Slice(request, requestEnd),
});`;

/** Whether the text is not at `at`. */
function isNot(text: Uint8Array): string {
  const differs = [...text].map((byte, index) => `bytes[at + ${index}] !== ${byte}`);
  return [`at > end - ${text.length}`, ...differs].join(' || ');
}
