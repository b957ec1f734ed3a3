import type { Config, TargetConfig } from '../config/schema.ts';
import { expandPattern } from '../io/expand-pattern.ts';
import { readTail } from '../io/read-tail.ts';
import { createCriUnwrapper } from '../parse/cri-line.ts';
import type { CompiledFormat, LineProblem } from '../parse/log-format/compile.ts';
import type { LineConsumer } from '../parse/split-lines.ts';
import { present } from '../present.ts';
import { err, ok, type Result } from '../result.ts';
import { type CheckedField, checkedFields, createLogRecord } from '../snapshot/log-record.ts';
import { compileSourceFormat } from './compile-source-format.ts';

/** How many of the newest lines of a log follow the configured format. */
export interface FormatTrial {
  readonly lines: number;
  readonly understood: number;
  /** For each field the number of lines in which it cannot be read. */
  readonly badFields: ReadonlyMap<CheckedField, number>;
  /** The first line that does not follow the format. */
  readonly first?: LineProblem & { readonly line: string };
}

export interface TriedFormat {
  readonly target: string;
  readonly path: string;
  /** An error explains why the format could not be tried. */
  readonly trial: Result<FormatTrial, string>;
}

const maximumTailBytes = 256 * 1024;
const newline = 0x0a;

/** Tries the formats of all access logs that are files, on their newest lines. */
export async function tryFormats({ targets }: Config): Promise<readonly TriedFormat[]> {
  const tried: TriedFormat[] = [];
  for (const target of targets) {
    for (const source of target.access_logs) {
      for (const path of await filesOf(source.path)) {
        tried.push({ target: target.name, path, trial: await tryOn(path, { source, target }) });
      }
    }
  }
  return tried;
}

/** A pattern without a match is tried like a path, which reports that there is no such file. */
async function filesOf(pattern: string | undefined): Promise<readonly string[]> {
  if (pattern === undefined) return [];
  const { paths } = await expandPattern(pattern);
  return paths.length > 0 ? paths : [pattern];
}

interface Source {
  readonly source: TargetConfig['access_logs'][number];
  readonly target: TargetConfig;
}

async function tryOn(path: string, { source, target }: Source): Promise<TriedFormat['trial']> {
  const format = await compileSourceFormat(source, target);
  if (!format.ok) return format;
  const tail = await readTail(path, maximumTailBytes);
  if (!tail.ok) return tail;
  if (tail.value.length === 0) return err('the file contains no line yet');
  return ok(tryLines(tail.value, { format: format.value, cri: source.cri }));
}

function tryLines(
  bytes: Buffer,
  { format, cri }: { readonly format: CompiledFormat; readonly cri: boolean },
): FormatTrial {
  const record = createLogRecord();
  const badFields = new Map<CheckedField, number>();
  let lines = 0;
  let understood = 0;
  let first: FormatTrial['first'];
  const consume: LineConsumer = (buffer, start, end) => {
    if (start === end) return;
    lines += 1;
    if (format.parse(buffer, start, end, record)) {
      understood += 1;
      for (const [index, field] of checkedFields.entries()) {
        if ((record.badFields & (1 << index)) === 0) continue;
        badFields.set(field, (badFields.get(field) ?? 0) + 1);
      }
      return;
    }
    if (first !== undefined) return;
    const line = Buffer.from(buffer.subarray(start, end));
    const problem = format.explain(line);
    if (problem !== undefined) first = { ...problem, line: line.toString('latin1') };
  };
  const hand = cri ? createCriUnwrapper({ stream: 'stdout', consume }).consume : consume;
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(newline, start);
    hand(bytes, start, end);
    start = end + 1;
  }
  return { lines, understood, badFields, ...present({ first }) };
}
