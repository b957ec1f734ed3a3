import { execFileSync } from 'node:child_process';
import { createWriteStream, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { requireBinary } from '../support/find-binary.ts';
import { findFreePort } from '../support/free-port.ts';
import { keep, keepTempDirectory } from '../support/keep.ts';
import { createLogInputs, type InputKind, inputKinds } from '../support/log-inputs.ts';
import { waitUntil } from '../support/wait-until.ts';

/** The rows of test/pipeline/input-events.test.ts that need a process of their own. */

async function linesOf(exporter: RunningExporter): Promise<Record<string, number>> {
  const exposition = parseExposition(await exporter.metrics());
  const ofKind = (target: InputKind) =>
    exposition.value('webserver_log_lines_total', { target, result: 'parsed' }) ?? 0;
  return Object.fromEntries(inputKinds.map((kind) => [kind, ofKind(kind)]));
}

async function savedLines(directory: string): Promise<Record<string, unknown>> {
  const text = await readFile(join(directory, 'checkpoint.json'), 'utf8').catch(() => '\n{}');
  const record: unknown = JSON.parse(text.slice(text.indexOf('\n') + 1));
  return Object.fromEntries(
    inputKinds.map((kind) => [kind, read(record, ['targets', kind, 'access', 'linesParsed'])]),
  );
}

function read(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}

const descriptors = ({ pid }: RunningExporter) => readdirSync(`/proc/${pid}/fd`).length;

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'every input, after %s and a new start: no line lost or twice where its bytes still exist',
  async (how) => {
    const directory = await keepTempDirectory('events');
    const stdin = join(directory, 'stdin');
    execFileSync(requireBinary('mkfifo'), [stdin]);
    // For reading, too: what is written while nobody reads stays in the pipe.
    const stdinWriter = createWriteStream(stdin, { flags: 'r+' });
    const inputs = await createLogInputs({
      directory,
      syslogPort: await findFreePort(),
      stdin: stdinWriter,
    });
    const state = join(directory, 'state');
    const config = `targets:\n${inputs.config('"$request" $status')}\nlogs: {start: beginning}\ncheckpoint: {directory: ${state}, interval: 50ms}\n`;
    const start = async () => keep(await startExporter({ config, stdin }));

    const first = await start();
    await inputs.write(3);
    const three = Object.fromEntries(inputKinds.map((kind) => [kind, 3]));
    await waitUntil({
      until: 'all is read and saved',
      holds: async () => JSON.stringify(await savedLines(state)) === JSON.stringify(three),
    });
    const before = descriptors(first);
    if (how === 'SIGKILL') await first.kill();
    await first.stop();
    await inputs.write(2, ['file', 'pattern', 'pipe', 'stdin']);

    const second = await start();
    await inputs.write(1);
    const wanted = { file: 6, pattern: 6, pipe: 6, syslog: 4, stdin: 6 };
    await expect.poll(() => linesOf(second), { timeout: 60_000 }).toEqual(wanted);
    // A checkpoint that is being written, and the connection of the last scrape, are open for a moment.
    await expect.poll(() => descriptors(second), { timeout: 60_000 }).toBeLessThanOrEqual(before);
    const exposition = parseExposition(await second.metrics());
    for (const target of inputKinds) {
      expect(exposition.value('webserver_log_source_up', { target, reason: 'reading' })).toBe(1);
    }
    await inputs.close();
    stdinWriter.destroy();
  },
);
