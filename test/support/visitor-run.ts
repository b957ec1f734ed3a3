import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from './run-cli.ts';
import type { Visit } from './timed-visitors.ts';
import type { Setting, VisitedServer } from './visited-server.ts';
import type { VisitorOrder, VisitorReport } from './visitor-process.ts';
import { waitUntil } from './wait-until.ts';

/** What a run of visitors left in the log, and what was measured of it. */
export interface VisitorRun {
  readonly lines: readonly string[];
  /** From the first visitor to the last response. */
  readonly seconds: number;
  readonly meanIdleSlots: number;
  readonly mostHeld: number;
  readonly fullSamples: number;
  readonly reuseRatio: number;
}

export interface Visitors {
  readonly visits: readonly Visit[];
  readonly path: string;
}

/** Sends the visitors and watches the slots until the last of them is free again. */
export async function runVisitors(
  server: VisitedServer,
  { visits, path }: Visitors,
): Promise<VisitorRun> {
  const from = (await readFile(server.accessLog)).length;
  const child = await startVisitorProcess();
  const watch = server.watch();
  try {
    const seconds = await sendFrom(child, { visits, port: server.port, path });
    // The tails of the last visitors are part of what they held.
    await waitUntil({ until: 'no visitor holds a slot', holds: () => watch.lastIdle === 0 });
    await watch.stop();
    const log = (await readFile(server.accessLog)).subarray(from).toString();
    const lines = log.trimEnd().split('\n');
    const visitors = lines.filter((line) => !line.includes('keepalive-exporter'));
    const reused = visitors.filter((line) => server.isReuse(line));
    return {
      lines,
      seconds,
      meanIdleSlots: watch.idleSlotSeconds / seconds,
      mostHeld: watch.mostHeld,
      fullSamples: watch.fullSamples,
      reuseRatio: reused.length / visitors.length,
    };
  } finally {
    await watch.stop();
    child.kill('SIGKILL');
  }
}

/** Tests, and what else the machine does, shall not make visitors late. */
async function startVisitorProcess(): Promise<ChildProcess> {
  const child = fork(new URL('visitor-process.ts', import.meta.url), {
    execArgv: ['--import', 'tsx'],
    // JSON knows no Infinity.
    serialization: 'advanced',
  });
  await reportOf(child, 'ready');
  return child;
}

/** Seconds from the first visitor to the last response. */
async function sendFrom(child: ChildProcess, order: VisitorOrder): Promise<number> {
  const done = reportOf(child, 'done');
  child.send(order);
  const report = await done;
  return report.kind === 'done' ? report.seconds : 0;
}

async function reportOf(child: ChildProcess, kind: VisitorReport['kind']): Promise<VisitorReport> {
  const ended = once(child, 'exit').then(() => {
    throw new Error(`The process of the visitors ended before it was ${kind}`);
  });
  const told = once(child, 'message').then(([message]: VisitorReport[]) => {
    if (message?.kind !== kind) throw new Error(`want ${kind}, found ${message?.kind}`);
    return message;
  });
  // It is ended on purpose later, when nobody waits for it.
  ended.catch(() => undefined);
  return Promise.race([told, ended]);
}

/** What `advise` answers as JSON to the log of a run. */
export async function adviseOnRun(
  { name, format }: Pick<VisitedServer, 'name' | 'format'>,
  run: VisitorRun,
  { slots, timeoutSeconds }: Setting,
) {
  const directory = await mkdtemp(join(tmpdir(), 'advice-'));
  try {
    const path = join(directory, 'access.log');
    await writeFile(path, `${run.lines.join('\n')}\n`);
    const { stdout, stderr } = await runCli([
      'advise',
      `--log=${path}`,
      `--format=${format}`,
      `--server=${name}`,
      `--slots=${slots}`,
      `--timeout=${timeoutSeconds * 1000}ms`,
      `--idle-slots=${run.meanIdleSlots}`,
      '--least-traffic=1s',
      '--output=json',
    ]);
    if (stderr !== '') throw new Error(stderr);
    return JSON.parse(stdout);
  } finally {
    await rm(directory, { recursive: true });
  }
}
