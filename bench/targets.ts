import { fork } from 'node:child_process';
import { once } from 'node:events';
import { startExporter } from '../test/support/exporter.ts';
import { httpGet } from '../test/support/http-get.ts';
import { cpuSeconds, printTable, residentMegabytes } from './measure.ts';

const scrapes = 10;

/** The same for 1, 100 and 1,000 targets, whose status pages come from a separate process. */
export async function run(): Promise<void> {
  const origin = fork(new URL('./status-origin.ts', import.meta.url));
  const [port] = (await once(origin, 'message')) as [number];
  const rows: (readonly string[])[] = [
    ['targets', 'scrape ms', 'CPU s per scrape', 'KiB of text', 'MiB', 'aim MiB'],
  ];
  for (const [count, aim] of [
    [1, '70'],
    [100, ''],
    [1000, '340'],
  ] as const) {
    rows.push([...(await measureTargets(count, port)), aim]);
  }
  printTable(rows);
  origin.kill();
}

async function measureTargets(count: number, port: number): Promise<readonly string[]> {
  const targets = Array.from({ length: count }, (_, index) => ({
    name: `t${index}`,
    server: 'apache',
    status_url: `http://127.0.0.1:${port}/server-status?auto`,
    // Samples would add to the CPU time of the scrapes.
    sampling: { interval: '0s' },
  }));
  const exporter = await startExporter({ config: JSON.stringify({ targets }) });
  await exporter.metrics();
  const cpuBefore = cpuSeconds(exporter.pid);
  const startedAt = performance.now();
  let size = 0;
  for (let i = 0; i < scrapes; i++) {
    size = (await httpGet(`${exporter.url}/metrics`, { timeoutMs: 60_000 })).body.length;
  }
  const milliseconds = (performance.now() - startedAt) / scrapes;
  const cpu = (cpuSeconds(exporter.pid) - cpuBefore) / scrapes;
  const memory = residentMegabytes(exporter.pid);
  await exporter.stop();
  return [
    String(count),
    milliseconds.toFixed(0),
    cpu.toFixed(3),
    (size / 1024).toFixed(0),
    memory.toFixed(0),
  ];
}
