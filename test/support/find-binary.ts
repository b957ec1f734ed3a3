import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian keeps apache2 and nginx in /usr/sbin, which an ordinary user's PATH leaves out. */
const SYSTEM_DIRECTORIES = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The absolute path of a program, or undefined when it is not installed. */
export function findBinary(name: string): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(delimiter).concat(SYSTEM_DIRECTORIES);
  return directories
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

/** For the helpers that start a program: ensure-packages has run before, so a missing one is a bug. */
export function requireBinary(name: string): string {
  const path = findBinary(name);
  if (path === undefined) throw new Error(`Cannot start "${name}": not installed`);
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
