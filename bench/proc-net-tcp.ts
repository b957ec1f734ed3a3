import { parseProcNetTcp } from '../src/parse/proc-net-tcp.ts';
import { printTable } from './measure.ts';

/** Number of sockets in the table of a busy web server, most of them in TIME_WAIT. */
const socketCount = 50_000;
const rounds = 30;

/** A table in the format of the kernel. Every second socket belongs to the server. */
function buildTable(): Uint8Array {
  const lines = [line(0, '00000000:0050 00000000:0000 0A', '00000000:00000004')];
  for (let index = 1; index < socketCount; index += 1) {
    const ephemeral = (32_768 + (index % 28_000)).toString(16).toUpperCase().padStart(4, '0');
    const local = index % 2 === 0 ? '0050' : ephemeral;
    const state = index % 3 === 0 ? '01' : '06';
    lines.push(
      line(index, `0100007F:${local} 0100007F:${ephemeral} ${state}`, '00000000:00000000'),
    );
  }
  const header =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
  return Buffer.from(`${header.padEnd(149)}\n${lines.join('')}`, 'latin1');
}

function line(slot: number, sides: string, queues: string): string {
  const rest = '00:00000000 00000000    33        0 16504 1 0000000079ab1cff 20 4 30 10 -1';
  return `${`${String(slot).padStart(4)}: ${sides} ${queues} ${rest}`.padEnd(149)}\n`;
}

/** The simple way: a string for the file, one for each line, one for each column. */
function countNaively(bytes: Uint8Array): number {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString()
    .split('\n');
  const ours = lines.filter((text) => text.trim().split(/\s+/)[1]?.endsWith(':0050'));
  return ours.length;
}

function countBytes(bytes: Uint8Array): number {
  const sockets = parseProcNetTcp([bytes], [80]).ports.get(80);
  return Object.values(sockets?.connections ?? {}).reduce<number>((sum, count) => sum + count, 0);
}

function medianMilliseconds(run: () => void): number {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
}

/** The kernel's socket table of a busy server: our byte scanner beside the simple way. */
export async function run(): Promise<void> {
  const table = buildTable();
  if (countBytes(table) !== countNaively(table)) throw new Error('the two parsers disagree');
  const bytesTime = medianMilliseconds(() => countBytes(table));
  const naiveTime = medianMilliseconds(() => countNaively(table));
  printTable([
    [`${socketCount} sockets, median of ${rounds}`, 'ms', 'ratio'],
    ['bytes in one pass', bytesTime.toFixed(2), '1.0'],
    ['split into lines', naiveTime.toFixed(2), (naiveTime / bytesTime).toFixed(1)],
  ]);
}
