import { err, ok, type Result } from '../result.ts';
import type { ReadSources, SourceFile } from '../snapshot/config-tree.ts';

/** A file of a configuration that could be read. */
export type TextSource = Extract<SourceFile, { readonly text: string }>;

/** Ends the reading of a whole tree. The message contains file and line. readTree() catches it. */
export class UnreadableTree extends Error {}

/** Returns what `read` returns, or the message of the UnreadableTree that ended it. */
export async function readTree<T>(read: () => Promise<T>): Promise<Result<T, string>> {
  try {
    return ok(await read());
  } catch (error) {
    if (error instanceof UnreadableTree) return err(error.message);
    throw error;
  }
}

/** @param usualName the usual name of a main file, for the message about a directory */
export async function readMainFile(
  file: string,
  { read, usualName }: { readonly read: ReadSources; readonly usualName: string },
): Promise<TextSource> {
  const [source] = await read(file);
  if (source === undefined) throw new UnreadableTree(`${file}: no such file`);
  if ('problem' in source) throw new UnreadableTree(source.problem);
  if (source.path === file) return source;
  throw new UnreadableTree(
    `${file}: is a directory; name the main file in it, such as ${usualName}`,
  );
}
