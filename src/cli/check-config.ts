import { readConfig } from '../app.ts';
import type { Flags } from './flags.ts';
import type { CliIo } from './io.ts';

/** Prints every problem of the configuration file as `file:line:column: path: message`; exit code 1 when there is one. */
export async function checkConfig(flags: Flags, io: CliIo): Promise<number> {
  const file = flags['config.file'];
  if (file === undefined) {
    io.stderr('keepalive-exporter: check-config needs --config.file=FILE\n');
    return 2;
  }
  const config = await readConfig(file);
  if (config.ok) {
    io.stdout(`${file}: ok, ${config.value.targets.length} targets\n`);
    return 0;
  }
  io.stderr(`${config.error.join('\n')}\n`);
  return 1;
}
