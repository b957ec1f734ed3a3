import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchIdleWorkers } from './idle-watch.ts';
import { type RealApache, startApache } from './real-apache.ts';
import { runCli } from './run-cli.ts';
import { sendVisitors, type Visit } from './timed-visitors.ts';
import { waitUntil } from './wait-until.ts';

/** Tells connections apart; the last two are Apache's ids for log lines, which do not. */
export const visitorFormat =
  '%{c}a %{remote}p %k %X %D %{end:msec}t "%r" %>s "%{User-Agent}i" %L %{c}L';

/** What a run of visitors left in the log, and what was measured of it. */
export interface VisitorRun {
  readonly lines: readonly string[];
  readonly meanIdleSlots: number;
  readonly mostHeld: number;
  readonly fullSamples: number;
  readonly reuseRatio: number;
}

export interface Visitors {
  readonly visits: readonly Visit[];
  readonly path: string;
}

export interface Setting {
  readonly slots: number;
  readonly timeoutSeconds: number;
}

/** A prefork that keeps connections for that long, however many requests they carry. */
export function startPrefork({ slots, timeoutSeconds }: Setting): Promise<RealApache> {
  return startApache({
    mpm: 'prefork',
    maxRequestWorkers: slots,
    serverLimit: 200,
    maxKeepAliveRequests: 0,
    accessLogFormat: visitorFormat,
    extraConfig: `KeepAliveTimeout ${timeoutSeconds * 1000}ms`,
  });
}

/** Sends the visitors and watches the workers until the last of them is free again. */
export async function runVisitors(
  server: RealApache,
  { visits, path }: Visitors,
): Promise<VisitorRun> {
  const from = (await readFile(server.accessLog)).length;
  const watch = watchIdleWorkers(server.statusUrl);
  const startedAt = performance.now();
  await sendVisitors(visits, { port: server.port, path });
  const seconds = (performance.now() - startedAt) / 1000;
  // The tails of the last visitors are part of what they held.
  await waitUntil({ until: 'no visitor holds a worker', holds: () => watch.lastIdle === 0 });
  await watch.stop();
  const log = (await readFile(server.accessLog)).subarray(from).toString();
  const lines = log.trimEnd().split('\n');
  const visitors = lines.filter((line) => !line.includes('keepalive-exporter'));
  const reused = visitors.filter((line) => line.split(' ')[2] !== '0');
  return {
    lines,
    meanIdleSlots: watch.idleSlotSeconds / seconds,
    mostHeld: watch.mostHeld,
    fullSamples: watch.fullSamples,
    reuseRatio: reused.length / visitors.length,
  };
}

/** What `advise` answers as JSON to the log of a run. */
export async function adviseOnRun(run: VisitorRun, { slots, timeoutSeconds }: Setting) {
  const directory = await mkdtemp(join(tmpdir(), 'advice-'));
  try {
    const path = join(directory, 'access.log');
    await writeFile(path, `${run.lines.join('\n')}\n`);
    const { stdout, stderr } = await runCli([
      'advise',
      `--log=${path}`,
      `--format=${visitorFormat}`,
      '--server=prefork',
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
