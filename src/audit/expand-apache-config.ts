import { err, ok, type Result } from '../result.ts';
import type { ConfigDirective, ConfigTree } from '../snapshot/config-tree.ts';
import {
  type ApacheExpansionOptions,
  beginExpansion,
  type Expansion,
  noteUnread,
  UnreadableTree,
} from './apache-expansion.ts';
import { findOverrides } from './apache-overrides.ts';
import { expandApacheFile } from './expand-apache-nodes.ts';

export interface ApacheTree extends ConfigTree {
  readonly modules: ReadonlySet<string>;
}

/**
 * Reads an Apache configuration as the server does: it follows includes, and resolves conditional sections and variables
 * in the order of the files. Sections that select requests (VirtualHost, Directory, Location, …) stay sections.
 *
 * @returns the tree, or a message with file and line if the configuration cannot be parsed
 */
export async function expandApacheConfig(
  file: string,
  options: ApacheExpansionOptions,
): Promise<Result<ApacheTree, string>> {
  const state = beginExpansion(file, options);
  try {
    const [source] = await options.read(file);
    if (source === undefined) return err(`${file}: no such file`);
    if ('problem' in source) return err(source.problem);
    if (source.path !== file)
      return err(`${file}: is a directory; name the main file in it, such as apache2.conf`);
    const directives = await expandApacheFile(source, { file, depth: 0 }, state);
    const overrides = await readOverrides(directives, state);
    return ok({ file, directives: [...directives, ...overrides], ...partsOf(state) });
  } catch (error) {
    if (error instanceof UnreadableTree) return err(error.message);
    throw error;
  }
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
    noteUnread(state, skipped.at, `more than ${maxOverrides} directories with .htaccess`);
  }
  for (const { path, at } of found.slice(0, maxOverrides)) {
    const file = `${path === '/' ? '' : path}/.htaccess`;
    for (const source of await state.read(file)) {
      if ('problem' in source) {
        noteUnread(state, at, source.problem);
        continue;
      }
      const block = await expandApacheFile(source, { file, depth: 0 }, state);
      overrides.push({ name: 'directory', args: [path], line: 1, file, block });
    }
  }
  return overrides;
}
