import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type NginxDirective, parseNginxConfig } from '../parse/nginx-config.ts';
import { err, ok, type Result } from '../result.ts';

/** nginx itself has no limit; a cycle must end somewhere. */
const deepestInclude = 20;

/**
 * Reads an nginx configuration file and replaces each `include` by what it includes, as nginx does: relative paths
 * are relative to the main file's directory (its prefix `conf/`), a pattern that matches nothing is no error.
 *
 * @returns the directives, or what could not be read, with file and line
 */
export async function readNginxConfig(
  file: string,
): Promise<Result<readonly NginxDirective[], string>> {
  try {
    return ok(await readDirectives(resolve(file), { root: dirname(resolve(file)), depth: 0 }));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

interface ReadContext {
  readonly root: string;
  readonly depth: number;
}

async function readDirectives(file: string, context: ReadContext): Promise<NginxDirective[]> {
  if (context.depth > deepestInclude) {
    throw new Error(`read "${file}": includes nest deeper than ${deepestInclude}; break the cycle`);
  }
  const text = await readFile(file, 'utf8');
  const parsed = parseNginxConfig(text);
  if (!parsed.ok) {
    const { line, found } = parsed.error;
    throw new Error(`${file}:${line}: unexpected "${found}"; check the file with nginx -t`);
  }
  return expandIncludes(parsed.value, context);
}

async function expandIncludes(
  directives: readonly NginxDirective[],
  context: ReadContext,
): Promise<NginxDirective[]> {
  const expanded: NginxDirective[] = [];
  for (const directive of directives) {
    if (directive.name === 'include') {
      for (const file of await matchFiles(directive.args[0] ?? '', context.root)) {
        expanded.push(...(await readDirectives(file, { ...context, depth: context.depth + 1 })));
      }
    } else if (directive.block === undefined) expanded.push(directive);
    else expanded.push({ ...directive, block: await expandIncludes(directive.block, context) });
  }
  return expanded;
}

/** `include` takes glob(3) patterns; only the file name of them is supported with wildcards, as distributions use. */
async function matchFiles(pattern: string, root: string): Promise<readonly string[]> {
  const path = resolve(root, pattern);
  if (!/[*?[]/.test(path)) return [path];
  const directory = dirname(path);
  const wanted = globExpression(path.slice(directory.length + 1));
  const names = await readdir(directory).catch(() => [] as string[]);
  return names
    .filter((name) => wanted.test(name))
    .sort()
    .map((name) => join(directory, name));
}

function globExpression(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^(?!\\.)${source}$`);
}
