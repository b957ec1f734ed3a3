import type { Flags } from './flags.ts';
import type { CliIo } from './io.ts';

export async function demo(_flags: Flags, io: CliIo): Promise<number> {
  io.stderr('demo\n');
  return 1;
}
