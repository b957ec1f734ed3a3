import { readFile } from 'node:fs/promises';

/** Reads a file as UTF-8. Returns an empty text if it cannot be read. */
export function readTextOrEmpty(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
