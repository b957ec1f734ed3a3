import { parseCount } from '../parse/number.ts';
import { parseProcNetTcp } from '../parse/proc-net-tcp.ts';
import { parseProcNetstat } from '../parse/proc-netstat.ts';
import { err, ok, type Result } from '../result.ts';
import type { Absence } from '../snapshot/absence.ts';
import type { KernelSnapshot, ListenCounters, SocketTable } from '../snapshot/kernel.ts';
import { buildReusedBuffer, type ReusedBuffer, readWholeFile } from './read-whole-file.ts';
import { shareCostlyWork } from './share-costly-work.ts';

/**
 * At most about a twentieth of one core goes into reading. The kernel walks its whole hash table for each of the two
 * files, however few sockets there are (5 ms with the 262,144 buckets of a machine with 24 GB), and takes 2 us for each
 * socket on top: with 50,000 of them a look every second would cost a tenth of a core.
 */
const sharing = { restPerWork: 20, longestRestMilliseconds: 2000 };

export interface KernelReader {
  /** Figures of now, or, unless afresh, no older than twenty times what it took to read them (2 s at most). */
  read(ports: Iterable<number>, afresh?: boolean): Promise<KernelSnapshot>;
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
  // Every port ever asked for is looked at in each pass, so that one pass serves all targets.
  const known = new Set<number>();
  const pass = shareCostlyWork(() => readKernel(procRoot, known, buffers), sharing);
  return {
    read(ports, afresh = false) {
      const knownBefore = known.size;
      for (const port of ports) known.add(port);
      return pass(afresh || known.size > knownBefore);
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
  const [tcp, tcp6] = await Promise.all([
    readWholeFile(`${procRoot}/net/tcp`, buffers.tcp),
    readWholeFile(`${procRoot}/net/tcp6`, buffers.tcp6),
  ]);
  if (!tcp.ok) return tcp;
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
