import type { CliIo } from './io.ts';

/** Reports a problem with the arguments of a command. @returns exit code 2 */
export function wrongUse(command: string, problem: string, io: CliIo): number {
  io.stderr(
    `keepalive-exporter ${command}: ${problem}\nSee keepalive-exporter ${command} --help.\n`,
  );
  return 2;
}
