import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
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

/** The same, so that several can run at once. */
export async function startPromtool(args: readonly string[]): Promise<PromtoolRun> {
  const run = spawn(requireBinary('promtool'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(run.stdout),
    text(run.stderr),
    once(run, 'exit'),
  ]);
  return { exitCode: typeof exitCode === 'number' ? exitCode : -1, output: stdout + stderr };
}
