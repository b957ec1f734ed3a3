import { cpus, hostname } from 'node:os';
import { resolve } from 'node:path';

/** Number of processors, which nginx uses for `worker_processes auto`. */
export function cpuCount(): number {
  return cpus().length;
}

export function machineName(): string {
  return hostname();
}

/** Resolves a path against the working directory. */
export function absolutePath(path: string): string {
  return resolve(path);
}
