import { spawnSync } from 'node:child_process';
import { requireBinary } from './find-binary.ts';

export interface PromtoolRun {
  readonly exitCode: number;
  /** stdout and stderr. */
  readonly output: string;
}

/** Runs promtool to its end, for example `promtool(['check', 'metrics'], exposition)`. */
export function promtool(args: readonly string[], stdin = ''): PromtoolRun {
  const run = spawnSync(requireBinary('promtool'), args, { input: stdin, encoding: 'utf8' });
  if (run.error !== undefined) throw run.error;
  return { exitCode: run.status ?? -1, output: run.stdout + run.stderr };
}
