import { readFileSync } from 'node:fs';
import { httpGet } from '../test/support/http-get.ts';

export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** Milliseconds of `count` sequential GETs, after a warm-up of a tenth as many. */
export async function measureLatency(url: string, count: number): Promise<Latency> {
  for (let i = 0; i < count / 10; i++) await httpGet(url, { timeoutMs: 30_000 });
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now();
    const { status } = await httpGet(url, { timeoutMs: 30_000 });
    if (status !== 200) throw new Error(`${url} answered ${status}`);
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  return { p50: at(times, 0.5), p99: at(times, 0.99) };
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Resident memory of a process in MiB. */
export function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

const ticksPerSecond = 100;

/** User and system time a process has used so far, in seconds. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Prints rows of text in columns under a header, figures aligned to the right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  for (const row of rows) {
    const line = row.map((cell, column) =>
      /^[\d.-]*$/.test(cell) && column > 0
        ? cell.padStart(widths[column] ?? 0)
        : cell.padEnd(widths[column] ?? 0),
    );
    process.stdout.write(`${line.join('  ')}\n`);
  }
}
