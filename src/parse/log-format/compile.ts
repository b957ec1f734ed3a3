import { err, ok, type Result } from '../../result.ts';
import { resetLogRecord } from '../../snapshot/log-record.ts';
import { fieldMeanings, type Meaning } from './field-meanings.ts';
import { generateParser, type LineParser, type Step } from './generate-parser.ts';
import type { Escaping, FormatToken, Tokens } from './tokenize.ts';

export interface CompiledFormat {
  /** Overwrites the whole record. */
  readonly parse: LineParser;
  /** What the format tells; the metrics of everything else are absent. */
  readonly gives: ReadonlySet<Meaning>;
}

const encoder = new TextEncoder();
const carriageReturn = 0x0d;

/** Compiles a format to the parser of its lines, and tells what they can give. */
export function compileFormat(
  { tokens, escaping }: Tokens,
  vhosts: readonly string[] = [],
): Result<CompiledFormat, string> {
  const gives = new Set(
    tokens.flatMap((token) =>
      token.kind === 'field' ? (fieldMeanings[token.name]?.gives ?? []) : [],
    ),
  );
  if (gives.size === 0) return err('none of its fields is read by any metric');
  const prefix = tokens[0]?.kind === 'literal' ? encoder.encode(tokens[0].text) : new Uint8Array();
  const parseWhole = generateParser(prefix, buildSteps(tokens, { escaping, vhosts }));
  return ok({
    gives,
    parse: (bytes, start, end, record) => {
      resetLogRecord(record);
      // Files that passed through Windows, and syslog relays, end lines with CR LF.
      const stop = end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
      return parseWhole(bytes, start, stop, record);
    },
  });
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
    const text = after?.kind === 'literal' ? after.text : '';
    const opened = before?.kind === 'literal' && before.text.endsWith('"');
    steps.push({
      read: fieldMeanings[token.name]?.read(options.vhosts),
      quoted: opened && text.startsWith('"') && options.escaping !== 'none',
      text: encoder.encode(text),
    });
  }
  return steps;
}
