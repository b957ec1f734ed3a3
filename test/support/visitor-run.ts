import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from './run-cli.ts';
import { sendVisitors, type Visit } from './timed-visitors.ts';
import type { Setting, VisitedServer } from './visited-server.ts';
import { waitUntil } from './wait-until.ts';

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

/** Sends the visitors and watches the slots until the last of them is free again. */
export async function runVisitors(
  server: VisitedServer,
  { visits, path }: Visitors,
): Promise<VisitorRun> {
  const from = (await readFile(server.accessLog)).length;
  const watch = server.watch();
  const startedAt = performance.now();
  await sendVisitors(visits, { port: server.port, path });
  const seconds = (performance.now() - startedAt) / 1000;
  // The tails of the last visitors are part of what they held.
  await waitUntil({ until: 'no visitor holds a slot', holds: () => watch.lastIdle === 0 });
  await watch.stop();
  const log = (await readFile(server.accessLog)).subarray(from).toString();
  const lines = log.trimEnd().split('\n');
  const visitors = lines.filter((line) => !line.includes('keepalive-exporter'));
  const reused = visitors.filter((line) => server.isReuse(line));
  return {
    lines,
    meanIdleSlots: watch.idleSlotSeconds / seconds,
    mostHeld: watch.mostHeld,
    fullSamples: watch.fullSamples,
    reuseRatio: reused.length / visitors.length,
  };
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
