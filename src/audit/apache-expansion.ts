import type { Result } from '../result.ts';
import type { FileExists, Place, ReadSources, Silence } from '../snapshot/config-tree.ts';
import { type ApacheState, initialModules } from './apache-conditions.ts';
import type { ApacheMacro, ApacheMacros } from './apache-macros.ts';
import { type ExpansionBudget, newBudget, spendUnread } from './expansion-budget.ts';

export interface ApacheExpansionOptions {
  readonly read: ReadSources;
  readonly exists: FileExists;
  readonly version: string;
  /** Variables of the envvars file. */
  readonly environment: ReadonlyMap<string, string>;
  /** Names that Apache is started with: `-D NAME`. */
  readonly defines?: readonly string[];
}

/** The state while the files are read from top to bottom. */
export interface Expansion extends ApacheState, ExpansionBudget {
  /** Names of all Define lines so far, also of those in sections that do not apply. */
  readonly definable: Set<string>;
  readonly read: ReadSources;
  readonly exists: FileExists;
  readonly macros: ApacheMacros;
  readonly silences: Silence[];
  serverRoot: string;
}

export interface Position {
  readonly file: string;
  readonly depth: number;
  /** The macros that these lines come from, to detect recursion. */
  readonly used?: readonly ApacheMacro[];
}

/** Ends the reading of the whole tree. The message contains file and line. expandApacheConfig() catches it. */
export class UnreadableTree extends Error {}

export function orThrow(spent: Result<undefined, string>): void {
  if (!spent.ok) throw new UnreadableTree(spent.error);
}

/** The state before the first line. */
export function beginExpansion(file: string, options: ApacheExpansionOptions): Expansion {
  return {
    ...options,
    modules: initialModules(),
    defines: new Map((options.defines ?? []).map((name) => [name, undefined])),
    definable: new Set(),
    silences: [],
    serverRoot: parentOf(parentOf(file).endsWith('/conf') ? parentOf(file) : file),
    macros: new Map(),
    ...newBudget(),
  };
}

export function noteUnread(state: Expansion, at: Place, what: string): void {
  orThrow(spendUnread(state, { at, what }));
}

export function noteProblem(
  state: Expansion,
  at: Place,
  done: Result<unknown, string>,
): readonly [] {
  if (!done.ok) noteUnread(state, at, done.error);
  return [];
}

export function resolveFrom(root: string, path: string): string {
  return path.startsWith('/') ? path : `${root.replace(/\/$/, '')}/${path}`;
}

function parentOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash <= 0 ? '/' : file.slice(0, slash);
}
