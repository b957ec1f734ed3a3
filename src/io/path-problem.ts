import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { messageOf } from '../result.ts';

/** Returns why this user cannot read a file or write to a directory, or undefined if it is possible. */
export async function pathProblem(
  path: string,
  wanted: 'file' | 'directory',
): Promise<string | undefined> {
  try {
    const isDirectory = (await stat(path)).isDirectory();
    if (isDirectory !== (wanted === 'directory')) {
      return isDirectory ? 'is a directory, not a file' : 'is not a directory';
    }
    await access(path, isDirectory ? constants.W_OK : constants.R_OK);
    return undefined;
  } catch (error) {
    return `cannot be used by this user: ${messageOf(error)}`;
  }
}
