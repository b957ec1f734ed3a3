import { resolve } from 'node:path';
import { expandNginxConfig } from '../audit/expand-nginx-config.ts';
import { err, ok, type Result } from '../result.ts';
import type { ConfigDirective } from '../snapshot/config-tree.ts';
import { createSourceReader } from './source-reader.ts';

/**
 * Reads an nginx configuration file and the files it includes.
 *
 * @returns the directives, or the first part that could not be read, with file and line
 */
export async function readNginxConfig(
  file: string,
): Promise<Result<readonly ConfigDirective[], string>> {
  const tree = await expandNginxConfig(resolve(file), createSourceReader());
  if (!tree.ok) return tree;
  const [missing] = tree.value.unread;
  if (missing === undefined) return ok(tree.value.directives);
  return err(`${missing.at.file}:${missing.at.line}: ${missing.what}`);
}
