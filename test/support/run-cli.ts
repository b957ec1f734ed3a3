import { Readable } from 'node:stream';
import { run } from '../../src/cli/run.ts';

/** Runs a command to its end with an empty environment. */
export async function runCli(args: readonly string[], now = new Date(0)) {
  let stdout = '';
  let stderr = '';
  const code = await run(args, {
    environment: {},
    version: '1.2.3',
    nodeVersion: 'v20.19.0',
    pid: 1,
    stdin: Readable.from([]),
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    now: () => now,
    terminated: Promise.resolve(),
    onHangup: () => undefined,
    onDefect: () => undefined,
  });
  return { code, stdout, stderr };
}
