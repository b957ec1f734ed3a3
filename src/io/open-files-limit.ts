import { readFileSync } from 'node:fs';
import { parseOpenFilesLimit } from '../parse/proc-pid.ts';

export const raiseOpenFiles =
  'raise the limit of open files (LimitNOFILE= of the unit, or ulimit -n)';

/** How many files and connections this process may have open. Undefined where the system does not report it. */
export function readOpenFilesLimit(procRoot = '/proc'): number | undefined {
  try {
    return parseOpenFilesLimit(readFileSync(`${procRoot}/self/limits`, 'latin1'));
  } catch {
    return undefined;
  }
}
