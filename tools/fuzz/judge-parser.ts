import type { AnyParser } from '../../test/support/every-parser.ts';

/** Limit of processor time: a thousand times that of the slowest parser for 64 KiB, so that a busy machine is no defect. */
const longestMilliseconds = 2000;

/** Describes what a parser does wrong with a text; undefined if nothing. */
export function judgeParser(
  parse: AnyParser,
  text: string,
  isBounded: boolean,
): string | undefined {
  const before = process.cpuUsage();
  try {
    const size = JSON.stringify(parse(text), asPlain)?.length ?? 0;
    if (isBounded && size > 2000 + 100 * text.length) {
      return `a result of ${size} characters for ${text.length}`;
    }
  } catch (error) {
    return `throws ${error instanceof Error ? error.message : String(error)}`;
  }
  const { user, system } = process.cpuUsage(before);
  const took = (user + system) / 1000;
  return took > longestMilliseconds ? `takes ${Math.round(took)} ms for ${text.length}` : undefined;
}

function asPlain(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value;
}
