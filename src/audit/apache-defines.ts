import type { ApacheNode } from '../parse/apache-config/parse-apache-config.ts';
import { splitApacheWords } from '../parse/apache-config/split-words.ts';
import { readCondition } from './apache-conditions.ts';
import type { Expansion } from './apache-expansion.ts';

/** Adds the names of all Define lines, also of those in sections that do not apply. */
export function collectDefines(nodes: readonly ApacheNode[], names: Set<string>): void {
  for (const { name, rest, block } of nodes) {
    if (block !== undefined) collectDefines(block, names);
    else if (name.length === 6 && name.toLowerCase() === 'define') {
      names.add(splitApacheWords(rest)[0] ?? '');
    }
  }
}

/**
 * Why an `<IfDefine NAME>` that does not hold is left out, if no line defines its name in any condition: it is meant for
 * `-D NAME` on the command line, which no file shows. Undefined for any other section.
 */
export function undefinedName(
  section: string,
  rest: string,
  { defines, definable }: Expansion,
): string | undefined {
  if (section.toLowerCase() !== 'ifdefine') return undefined;
  const { name, negated } = readCondition(rest);
  // A variable without a value is reported itself.
  if (negated || name.includes('${') || defines.has(name) || definable.has(name)) return undefined;
  return `no line defines ${name}; if Apache runs with -D ${name}, audit with --define=${name}`;
}
