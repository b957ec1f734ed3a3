import { cpus, hostname } from 'node:os';
import { resolve } from 'node:path';

/** Processors of this machine: what `worker_processes auto` means here. */
export function cpuCount(): number {
  return cpus().length;
}

export function machineName(): string {
  return hostname();
}

/** A path as seen from the working directory. */
export function absolutePath(path: string): string {
  return resolve(path);
}
