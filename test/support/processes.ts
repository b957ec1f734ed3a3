import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { listProcessGroup, signalGroup, signalProcess } from './process-group.ts';
import { waitUntil } from './wait-until.ts';

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly isReady: (output: string) => boolean | Promise<boolean>;
  /** How many pipes it gets beside its standard streams, from descriptor 3 on; none by default. */
  readonly pipes?: number;
  /** Files that tell why it did not start, shown in the error. */
  readonly logFiles?: readonly string[];
}

export type SignalScope = 'parent' | 'all';

export interface RunningProcess {
  readonly pid: number;
  /** Our ends of its pipes. */
  readonly pipes: readonly Socket[];
  /** What it and its children have written to stdout and stderr so far, the last megabyte. */
  output(): string;
  isRunning(): boolean;
  /** The signal that has ended it; null while it runs, and when it has ended itself. */
  endedBy(): NodeJS.Signals | null;
  signal(signal: NodeJS.Signals, scope: SignalScope): void;
  /** SIGTERM, and after 30 s SIGKILL, for it and its children; resolves when none of them lives. */
  stop(): Promise<void>;
  /** SIGKILL for it and its children at once. */
  kill(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 30_000;
const KEPT_OUTPUT = 1024 * 1024;

const groups = new Set<number>();
process.once('exit', () => {
  for (const group of groups) signalGroup(group, 'SIGKILL');
});

/** Starts a program and waits until it is ready; what it said is in the error when it does not get there. */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  // A group of its own: Apache signals its whole process group as it stops, which must not be the test runner's.
  const child = spawn(options.command, options.args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', ...Array.from({ length: options.pipes ?? 0 }, pipe)],
    env: { ...process.env, ...options.env },
  });
  const output = collectOutput(child);
  const pid = await spawned(child);
  groups.add(pid);
  const running = controlOf(child, { pid, output });
  try {
    await waitForReadiness(running, options);
  } catch (error) {
    await running.kill();
    throw new Error(`${failureOf(options, output())}`, { cause: error });
  }
  return running;
}

const pipe = () => 'pipe' as const;

function spawned(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      if (child.pid !== undefined) resolve(child.pid);
    });
  });
}

function collectOutput(child: ChildProcess): () => string {
  let kept = '';
  const keep = (chunk: Buffer): void => {
    kept = (kept + chunk.toString('utf8')).slice(-KEPT_OUTPUT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => kept;
}

function controlOf(
  child: ChildProcess,
  { pid, output }: { readonly pid: number; readonly output: () => string },
): RunningProcess {
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const kill = async (): Promise<void> => {
    signalGroup(pid, 'SIGKILL');
    await waitForGroupEnd(pid, isRunning);
    groups.delete(pid);
  };
  const stop = async (): Promise<void> => {
    // Orphans of a parent that has died have nobody to end them in order.
    if (!isRunning()) return kill();
    signalProcess(pid, 'SIGTERM');
    // A process that a scenario has stopped with SIGSTOP acts on no other signal before it goes on.
    signalGroup(pid, 'SIGCONT');
    await waitForGroupEnd(pid, isRunning).catch(kill);
    groups.delete(pid);
  };
  const signal = (name: NodeJS.Signals, scope: SignalScope): void =>
    scope === 'all' ? signalGroup(pid, name) : signalProcess(pid, name);
  const pipes = child.stdio.slice(3).filter((end) => end instanceof Socket);
  const endedBy = () => child.signalCode;
  return { pid, pipes, output, isRunning, endedBy, signal, stop, kill };
}

function waitForGroupEnd(group: number, isRunning: () => boolean): Promise<void> {
  return waitUntil({
    until: `process group ${group} has ended`,
    holds: () => !isRunning() && listProcessGroup(group).length === 0,
    withinMs: STOP_WITHIN_MS,
  });
}

async function waitForReadiness(running: RunningProcess, options: ProcessOptions): Promise<void> {
  await waitUntil({
    until: 'it is ready',
    holds: () => {
      if (!running.isRunning()) throw new Error('It has ended');
      return options.isReady(running.output());
    },
    withinMs: READY_WITHIN_MS,
  });
}

function failureOf({ command, args, logFiles = [] }: ProcessOptions, output: string): string {
  const logs = logFiles
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'));
  return `Cannot start "${[command, ...args].join(' ')}". It said:\n${[output, ...logs].join('\n')}`;
}
