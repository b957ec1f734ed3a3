import { type ChildProcess, fork } from 'node:child_process';
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
  readonly maxHeld: number;
  readonly fullSamples: number;
  readonly surelyFullSamples: number;
  readonly reuseRatio: number;
}

export interface Visitors {
  readonly visits: readonly Visit[];
  readonly path: string;
}

/** Sends visitors, to several servers at once where asked. */
export interface VisitorSender {
  /** Seconds from the first visitor to the last response. */
  send(order: Omit<VisitorOrder, 'id'>): Promise<number>;
  stop(): void;
}

/** A process of its own: tests, and what else the machine does, shall not make visitors late. */
export async function startVisitors(): Promise<VisitorSender> {
  const child = fork(new URL('visitor-process.ts', import.meta.url), {
    execArgv: ['--import', 'tsx'],
    // JSON knows no Infinity.
    serialization: 'advanced',
  });
  let orders = 0;
  await reportOf(child, ({ kind }) => kind === 'ready');
  return {
    async send(order) {
      const id = orders++;
      const done = reportOf(child, (report) => report.kind === 'done' && report.id === id);
      child.send({ ...order, id });
      const report = await done;
      return report.kind === 'done' ? report.seconds : 0;
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

function reportOf(
  child: ChildProcess,
  isWanted: (report: VisitorReport) => boolean,
): Promise<VisitorReport> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error('The process of the visitors ended early'));
    const take = (report: VisitorReport) => {
      if (!isWanted(report)) return;
      child.off('message', take);
      child.off('exit', fail);
      resolve(report);
    };
    child.on('message', take);
    child.on('exit', fail);
  });
}

/** Sends the visitors and watches the slots until the last of them is free again. */
export async function runVisitors(
  sender: VisitorSender,
  server: VisitedServer,
  { visits, path }: Visitors,
): Promise<VisitorRun> {
  const from = (await readFile(server.accessLog)).length;
  const watch = server.watch(path);
  try {
    const seconds = await sender.send({ visits, port: server.port, path });
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
      maxHeld: watch.maxHeld,
      fullSamples: watch.fullSamples,
      surelyFullSamples: watch.surelyFullSamples,
      reuseRatio: reused.length / visitors.length,
    };
  } finally {
    await watch.stop();
  }
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
