import {
  holdsIfDefine,
  holdsIfModule,
  holdsIfVersion,
  readCondition,
} from './apache-conditions.ts';
import { type Expansion, resolveFrom } from './apache-expansion.ts';
import { holdsIfDirective, holdsIfSection } from './apache-known-names.ts';

type Condition = (rest: string, state: Expansion) => Holds | Promise<Holds>;

/** Sections that are either replaced by their content or dropped. A map: a file may name `<Constructor>`. */
export const conditions: ReadonlyMap<string, Condition> = new Map<string, Condition>([
  ['ifmodule', holdsIfModule],
  ['ifdefine', holdsIfDefine],
  ['ifversion', holdsIfVersion],
  ['iffile', holdsIfFile],
  ['ifdirective', holdsIfDirective],
  ['ifsection', holdsIfSection],
]);

/** Undefined if the condition cannot be evaluated. */
export type Holds = boolean | undefined;

/** A file or directory. A relative name is below ServerRoot. */
async function holdsIfFile(rest: string, { serverRoot, exists }: Expansion): Promise<boolean> {
  const { name, negated } = readCondition(rest);
  return (await exists(resolveFrom(serverRoot, name))) !== negated;
}

export const undecided = 'the audit cannot tell whether it applies';
