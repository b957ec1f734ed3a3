import type { AnyParser } from '../../test/support/every-parser.ts';

/** Of the processor, a thousand times what the slowest takes for 64 KiB: a busy machine must not look like a defect. */
const longestMilliseconds = 2000;

/** In words what is wrong with how a parser takes a text; undefined when nothing is. */
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
