import { readdirSync, readlinkSync } from 'node:fs';

/** How many files of a directory this process has open. */
export function descriptorsIn(directory: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(`${directory}/`);
    } catch {
      return false;
    }
  }).length;
}
