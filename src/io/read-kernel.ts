import { parseCount } from '../parse/number.ts';
import { parseProcNetTcp } from '../parse/proc-net-tcp.ts';
import { parseProcNetstat } from '../parse/proc-netstat.ts';
import { err, ok, type Result } from '../result.ts';
import type { Absence } from '../snapshot/absence.ts';
import type { KernelSnapshot, ListenCounters, SocketTable } from '../snapshot/kernel.ts';
import { buildReusedBuffer, type ReusedBuffer, readWholeFile } from './read-whole-file.ts';

export interface KernelReader {
  /** One read at a time: the buffers are shared, so a read that overlaps waits for the one before it. */
  read(ports: Iterable<number>): Promise<KernelSnapshot>;
}

interface Buffers {
  readonly tcp: ReusedBuffer;
  readonly tcp6: ReusedBuffer;
  readonly small: ReusedBuffer;
}

/** Reads the network namespace the exporter runs in; `procRoot` is another place only where /proc is mounted elsewhere. */
export function buildKernelReader(procRoot = '/proc'): KernelReader {
  const buffers = {
    tcp: buildReusedBuffer(),
    tcp6: buildReusedBuffer(),
    small: buildReusedBuffer(),
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    read(ports) {
      const wanted = new Set(ports);
      const next = last.then(() => readKernel(procRoot, wanted, buffers));
      last = next;
      return next;
    },
  };
}

async function readKernel(
  procRoot: string,
  ports: ReadonlySet<number>,
  buffers: Buffers,
): Promise<KernelSnapshot> {
  return {
    sockets: await readSockets(procRoot, ports, buffers),
    listenCounters: await readListenCounters(procRoot, buffers.small),
    somaxconn: await readSomaxconn(procRoot, buffers.small),
  };
}

async function readSockets(
  procRoot: string,
  ports: ReadonlySet<number>,
  buffers: Buffers,
): Promise<Result<SocketTable, Absence>> {
  const tcp = await readWholeFile(`${procRoot}/net/tcp`, buffers.tcp);
  if (!tcp.ok) return tcp;
  const tcp6 = await readWholeFile(`${procRoot}/net/tcp6`, buffers.tcp6);
  // A kernel without IPv6 has no tcp6, and then nothing is missing. Any other failure hides sockets: no sum is right.
  if (!tcp6.ok && tcp6.error.kind !== 'not_found') return tcp6;
  const tables = tcp6.ok ? [tcp.value, tcp6.value] : [tcp.value];
  return ok(parseProcNetTcp(tables, ports));
}

async function readListenCounters(
  procRoot: string,
  buffer: ReusedBuffer,
): Promise<Result<ListenCounters, Absence>> {
  const file = await readWholeFile(`${procRoot}/net/netstat`, buffer);
  return file.ok ? ok(parseProcNetstat(text(file.value))) : file;
}

async function readSomaxconn(
  procRoot: string,
  buffer: ReusedBuffer,
): Promise<Result<number, Absence>> {
  const path = `${procRoot}/sys/net/core/somaxconn`;
  const file = await readWholeFile(path, buffer);
  if (!file.ok) return file;
  const value = parseCount(text(file.value).trim());
  if (value !== undefined) return ok(value);
  return err({ kind: 'unreadable', subject: path, detail: 'it does not hold a number' });
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
