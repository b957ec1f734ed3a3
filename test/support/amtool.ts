import { spawnSync } from 'node:child_process';
import { requireBinary } from './find-binary.ts';
import type { PromtoolRun } from './promtool.ts';

/** Runs amtool to its end, for example `amtool(['check-config', file])`. */
export function amtool(args: readonly string[]): PromtoolRun {
  const run = spawnSync(requireBinary('amtool'), args, { encoding: 'utf8' });
  if (run.error !== undefined) throw run.error;
  return { exitCode: run.status ?? -1, output: run.stdout + run.stderr };
}
