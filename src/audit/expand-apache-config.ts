import type { Result } from '../result.ts';
import type { ConfigDirective, ConfigTree } from '../snapshot/config-tree.ts';
import { type ApacheExpansionOptions, beginExpansion, type Expansion } from './apache-expansion.ts';
import { findOverrides } from './apache-overrides.ts';
import { expandApacheFile } from './expand-apache-nodes.ts';
import { noteUnread } from './expansion-budget.ts';
import { readMainFile, readTree } from './read-tree.ts';

export interface ApacheTree extends ConfigTree {
  readonly modules: ReadonlySet<string>;
}

/**
 * Reads an Apache configuration as the server does: it follows includes, and resolves conditional sections and variables
 * in the order of the files. Sections that select requests (VirtualHost, Directory, Location, …) stay sections.
 *
 * @returns the tree, or a message with file and line if the configuration cannot be parsed
 */
export function expandApacheConfig(
  file: string,
  options: ApacheExpansionOptions,
): Promise<Result<ApacheTree, string>> {
  return readTree(async () => {
    const { read } = options;
    const source = await readMainFile(file, { read, usualName: 'apache2.conf' });
    const state = beginExpansion(file, options);
    const directives = await expandApacheFile(source, { file, depth: 0 }, state);
    const overrides = await readOverrides(directives, state);
    return { file, directives: [...directives, ...overrides], ...partsOf(state) };
  });
}

function partsOf({ unread, silences, modules }: Expansion) {
  return { unread, silences, modules };
}

/** Limits the number of file system reads. */
const maxOverrides = 5000;

/** Reads each `.htaccess` that AllowOverride permits, as a section of its directory. */
async function readOverrides(
  directives: readonly ConfigDirective[],
  state: Expansion,
): Promise<readonly ConfigDirective[]> {
  const overrides: ConfigDirective[] = [];
  const found = findOverrides(directives, state.version);
  const [skipped] = found.slice(maxOverrides);
  if (skipped !== undefined) {
    const what = `more than ${maxOverrides} directories with .htaccess`;
    noteUnread(state, { at: skipped.at, what });
  }
  for (const { path, at } of found.slice(0, maxOverrides)) {
    const file = `${path === '/' ? '' : path}/.htaccess`;
    for (const source of await state.read(file)) {
      if ('problem' in source) {
        noteUnread(state, { at, what: source.problem });
        continue;
      }
      const block = await expandApacheFile(source, { file, depth: 0 }, state);
      overrides.push({ name: 'directory', args: [path], line: 1, file, block });
    }
  }
  return overrides;
}
