import type { FileExists, ReadSources, Silence } from '../snapshot/config-tree.ts';
import { type ApacheState, initialModules } from './apache-conditions.ts';
import type { ApacheMacro, ApacheMacros } from './apache-macros.ts';
import { type ExpansionBudget, newBudget } from './expansion-budget.ts';

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

export function resolveFrom(root: string, path: string): string {
  return path.startsWith('/') ? path : `${root.replace(/\/$/, '')}/${path}`;
}

function parentOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash <= 0 ? '/' : file.slice(0, slash);
}
