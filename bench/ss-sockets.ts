import { readFileSync } from 'node:fs';
import { summarizeConnections } from '../src/derive/connection-activity.ts';
import { buildKernelReader, type KernelReader, kernelSharing } from '../src/io/read-kernel.ts';
import { err } from '../src/result.ts';
import { holdConnections } from './held-connections.ts';
import { printTable } from './measure.ts';

const sizes = [100, 1000, 5000, 20_000];
const rounds = 5;
/** Clock ticks per second in /proc/PID/stat, on every architecture that Node.js supports by default. */
const ticksPerSecond = 100;

/** CPU of this process and of the children it has waited for, user and system, in milliseconds. */
function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  const columns = readFileSync('/proc/self/stat', 'latin1')
    .replace(/^.*\) /, '')
    .split(' ');
  const ofChildren = Number(columns[13]) + Number(columns[14]);
  return (user + system) / 1000 + (ofChildren / ticksPerSecond) * 1000;
}

async function measure(reader: KernelReader, port: number) {
  const cpuBefore = cpuMilliseconds();
  const startedAt = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    const { sockets } = await reader.read([port], true);
    if (sockets.ok) summarizeConnections(sockets.value.ports.get(port)?.sockets ?? []);
  }
  return {
    wall: (performance.now() - startedAt) / rounds,
    cpu: (cpuMilliseconds() - cpuBefore) / rounds,
  };
}

/** Time between two readings with constant requests: never less than a second (read-kernel.ts). */
function pacedMilliseconds(wall: number): number {
  return Math.max(1000, wall * (kernelSharing.reuseFactor + 1));
}

/** One reading of the kernel with `ss`, beside one of the /proc tables, which contain less. */
export async function run(): Promise<void> {
  const withoutSs = {
    run: () =>
      Promise.resolve(err({ kind: 'not_found', subject: 'ss', detail: 'left out' } as const)),
    close: () => undefined,
  };
  const rows = [
    ['connections', 'ss: ms', 'CPU ms', 'share of a core', '/proc: ms', 'CPU ms', 'CPU ratio'],
  ];
  for (const size of sizes) {
    const held = await holdConnections(size);
    const ss = await measure(buildKernelReader(), held.port);
    const proc = await measure(buildKernelReader({ ss: withoutSs }), held.port);
    held.close();
    rows.push([
      String(size),
      ss.wall.toFixed(1),
      ss.cpu.toFixed(1),
      `${((100 * ss.cpu) / pacedMilliseconds(ss.wall)).toFixed(1)} %`,
      proc.wall.toFixed(1),
      proc.cpu.toFixed(1),
      (ss.cpu / proc.cpu).toFixed(1),
    ]);
  }
  printTable(rows);
}
