import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { type CheckpointStore, openCheckpointStore } from '../../src/io/checkpoint-store.ts';
import { createLogSet } from '../../src/pipeline/log-set.ts';
import type { SourceReason } from '../../src/snapshot/log-source.ts';
import { asNobody } from '../support/as-nobody.ts';
import { requireBinary } from '../support/find-binary.ts';
import { findFreePort } from '../support/free-port.ts';
import {
  createLogInputs,
  type InputKind,
  inputKinds,
  type LogInputKinds,
  pathKinds,
} from '../support/log-inputs.ts';
import { createTempDirectory } from '../support/temp-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

/**
 * The table "every input x every event": no line lost or counted twice where its bytes still exist, no descriptor more
 * than before, and the state reported. SIGKILL needs a process of its own: test/scenarios/input-events.test.ts.
 */

const format = '"$request" $status';
const otherFormat = '"$request" $status $missing';

interface World {
  readonly inputs: LogInputKinds;
  readonly logs: ReturnType<typeof createLogSet>;
  /** Puts the configuration into force, or one without any log. */
  apply(change?: { readonly format?: string; readonly away?: boolean }): Promise<void>;
  /** The next writes of the checkpoint find the disk full. */
  fillDisk(times: number): void;
  reasons(): Readonly<Record<string, SourceReason | undefined>>;
  /** A clean stop and a new start with what was saved. */
  restart(whileStopped: () => Promise<void>): Promise<void>;
}

interface Event {
  readonly name: string;
  readonly run: (world: World) => Promise<void>;
  /** Lines that are written while it lasts. */
  readonly during?: Partial<Record<InputKind, number>>;
  /** Files that a writer may still add to: they stay open for their grace time. */
  readonly renamed?: number;
}

function replaceBy(replace: (path: string) => Promise<unknown>): Event['run'] {
  return async ({ inputs, reasons }) => {
    for (const kind of pathKinds) {
      const path = inputs.paths[kind];
      await rename(path, `${path}.1`);
      await replace(path);
    }
    await waitUntil({
      until: 'the states are reported',
      holds: () => {
        const { file, pattern, pipe } = reasons();
        // A pattern names no directories: there the file has just vanished.
        const isPatternTold = pattern === 'not_a_file' || pattern === 'nothing_matches';
        return file === 'not_a_file' && isPatternTold && pipe === 'not_a_file';
      },
    });
    await inputs.write(1, ['file', 'pattern']);
    for (const kind of pathKinds) {
      await rm(inputs.paths[kind], { recursive: true });
      await inputs.reopen(kind);
    }
  };
}

const events: readonly Event[] = [
  { name: 'a reload that changes nothing', run: ({ apply }) => apply() },
  { name: 'a reload with another format', run: ({ apply }) => apply({ format: otherFormat }) },
  {
    name: 'a reload away and back',
    // A datagram that nobody receives is gone.
    during: { file: 2, pattern: 2, pipe: 2, stdin: 2 },
    async run({ apply, inputs }) {
      await apply({ away: true });
      await inputs.write(2, ['file', 'pattern', 'pipe', 'stdin']);
      await apply();
    },
  },
  {
    // Of those with a path: an open socket or stream asks for no permission again, so none can be taken from it.
    name: 'a permission that is taken and given',
    during: { file: 1, pattern: 1, pipe: 1 },
    async run({ inputs, reasons }) {
      await asNobody(async () => {
        process.seteuid?.(0);
        for (const kind of pathKinds) await chmod(inputs.homes[kind], 0o700);
        process.seteuid?.(65_534);
        await waitUntil({
          until: 'the states are reported',
          holds: () => pathKinds.every((kind) => reasons()[kind] === 'permission_denied'),
        });
        await inputs.write(1, pathKinds);
      });
      for (const kind of pathKinds) await chmod(inputs.homes[kind], 0o755);
    },
  },
  {
    name: 'a directory in place of the file',
    during: { file: 1, pattern: 1 },
    renamed: 2,
    run: replaceBy((path) => mkdir(path)),
  },
  {
    name: 'a loop of links in place of the file',
    during: { file: 1, pattern: 1 },
    renamed: 2,
    run: replaceBy((path) => symlink(path, path)),
  },
  {
    name: 'a pipe in place of the file, a file in place of the pipe',
    during: { file: 1, pattern: 1 },
    renamed: 2,
    run: replaceBy(async (path) => {
      if (path.endsWith('.fifo')) execFileSync('touch', [path]);
      else execFileSync(requireBinary('mkfifo'), [path]);
    }),
  },
  {
    name: 'a full disk for the checkpoint',
    during: Object.fromEntries(inputKinds.map((kind) => [kind, 1])),
    async run({ fillDisk, inputs, logs }) {
      fillDisk(3);
      await inputs.write(1);
      await waitUntil({
        until: 'the failures are reported',
        holds: () => (logs.checkpoint()?.failures ?? 0) >= 3,
      });
    },
  },
  {
    name: 'SIGTERM and a new start',
    during: { file: 1, pattern: 1, pipe: 1 },
    run: ({ restart, inputs }) => restart(() => inputs.write(1, pathKinds)),
  },
];

async function createWorld(): Promise<World & { lines(): Readonly<Record<string, number>> }> {
  const { path: directory, remove } = await createTempDirectory('events');
  const stdin = new PassThrough();
  const inputs = await createLogInputs({ directory, syslogPort: await findFreePort(), stdin });
  const state = join(directory, 'state');
  let writesWithoutRoom = 0;
  const isFull = () => writesWithoutRoom-- > 0;
  let store = await openStore(state, isFull);
  let logs = createLogs(stdin);
  onTestFinished(async () => {
    await logs.close();
    await inputs.close();
    await remove();
  });
  const apply: World['apply'] = async ({ format: wanted = format, away = false } = {}) => {
    const targets = away ? '  []' : inputs.config(wanted);
    const parsed = parseConfig(
      `targets:\n${targets}\nlogs: {start: beginning}\ncheckpoint: {directory: ${directory}, interval: 50ms}`,
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    await logs.apply(parsed.value, store);
  };
  const ofEach = <T>(read: (kind: InputKind) => T) =>
    Object.fromEntries(inputKinds.map((kind) => [kind, read(kind)]));
  return {
    inputs,
    get logs() {
      return logs;
    },
    apply,
    fillDisk: (times) => {
      writesWithoutRoom = times;
    },
    reasons: () => ofEach((kind) => logs.view(kind)?.sources[0]?.condition.reason),
    lines: () =>
      ofEach((kind) => {
        const { linesParsed = 0, linesUnparsed = 0 } = logs.view(kind)?.access ?? {};
        return linesParsed + linesUnparsed;
      }),
    async restart(whileStopped) {
      await logs.close();
      await whileStopped();
      store = await openStore(state, isFull);
      logs = createLogs(stdin);
      await apply();
    },
  };
}

function createLogs(stdin: PassThrough) {
  const nothing = () => undefined;
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  return createLogSet({ stdin, log, now: () => Date.now() / 1000 });
}

async function openStore(directory: string, isFull: () => boolean): Promise<CheckpointStore> {
  const opened = await openCheckpointStore(directory, 'test');
  if (!opened.ok) throw new Error(opened.error);
  const { value } = opened;
  return {
    ...value,
    async write(record) {
      // What is written there finds no room: the kernel's own ENOSPC.
      if (isFull()) await symlink('/dev/full', join(directory, 'checkpoint.json.new'));
      await value.write(record);
    },
  };
}

const descriptors = () => readdirSync('/proc/self/fd').length;
const all = <T>(value: T) => Object.fromEntries(inputKinds.map((kind) => [kind, value]));

describe('every input, after', () => {
  test.each(events)(
    '$name: no line lost or twice, no descriptor more, the state reported',
    async ({ run, during = {}, renamed = 0 }) => {
      const world = await createWorld();
      const { inputs, apply, lines, reasons } = world;
      await apply();
      await inputs.write(3);
      await expect.poll(lines, { timeout: 60_000 }).toEqual(all(3));
      expect(reasons()).toEqual(all('reading'));
      const before = descriptors();
      await run(world);
      await expect.poll(reasons, { timeout: 60_000 }).toEqual(all('reading'));
      await inputs.write(2);
      const wanted = Object.fromEntries(inputKinds.map((kind) => [kind, 5 + (during[kind] ?? 0)]));
      await expect.poll(lines, { timeout: 60_000 }).toEqual(wanted);
      // What was read is in the record, whatever happened on the way.
      await world.restart(() => Promise.resolve());
      await expect.poll(lines, { timeout: 60_000 }).toEqual(wanted);
      expect(descriptors()).toBeLessThanOrEqual(before + renamed);
    },
  );
});
