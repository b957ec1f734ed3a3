import { parseCount } from '../parse/number.ts';
import { parseProcListeners } from '../parse/proc-listeners.ts';
import { parseProcNetTcp } from '../parse/proc-net-tcp.ts';
import { parseProcNetstat } from '../parse/proc-netstat.ts';
import { parseSsSockets } from '../parse/ss-sockets.ts';
import { err, ok, type Result } from '../result.ts';
import type { Absence } from '../snapshot/absence.ts';
import type { KernelSnapshot, ListenCounters, SocketTable } from '../snapshot/kernel.ts';
import { buildReusedBuffer, type ReusedBuffer, readWholeFile } from './read-whole-file.ts';
import { createSs, listenerArguments, type RunSs, type Ss, socketArguments } from './run-ss.ts';
import { shareCostlyWork } from './share-costly-work.ts';

/**
 * Limits reading to about a twentieth of one core. The kernel walks its whole hash table even for few sockets, and
 * takes some microseconds more for each socket (`npm run bench -- sockets`). The factor is above 20 because a reading
 * takes more CPU than wall time, and the mean of the runs is above their shortest.
 */
export const kernelSharing = { reuseFactor: 24, maximumReuseMilliseconds: 60_000 };

/** How long the /proc tables are used after `ss` has failed, before it is tried again. */
const retrySsMilliseconds = 60_000;

export interface KernelReader {
  /**
   * Figures that are no older than twenty times the duration of the reading (60 s at most). With `fresh`, the reading
   * begins after the call if a reading takes less than 50 ms.
   */
  read(ports: Iterable<number>, fresh?: boolean): Promise<KernelSnapshot>;
  /** Every listening socket of the network namespace. The control groups are known only with `ss`. */
  readListeners(): Promise<Result<SocketTable, Absence>>;
  /** Ends an `ss` that is running. */
  close(): void;
}

export interface KernelReaderOptions {
  /** Where /proc is mounted. */
  readonly procRoot?: string;
  readonly ss?: Ss;
  /** Unix time in seconds. */
  readonly now?: () => number;
  /** Called once when `ss` cannot be run and the /proc tables are used instead. */
  readonly onAbsent?: (absence: Absence) => void;
}

interface Buffers {
  readonly tcp: ReusedBuffer;
  readonly tcp6: ReusedBuffer;
  readonly small: ReusedBuffer;
}

/** Reads the network namespace the exporter runs in. */
export function buildKernelReader(options: KernelReaderOptions = {}): KernelReader {
  const { procRoot = '/proc', ss = createSs(), now = () => Date.now() / 1000 } = options;
  let isClosed = false;
  const onAbsent = (absence: Absence): void => {
    // An ss that close() has ended is not missing.
    if (!isClosed) options.onAbsent?.(absence);
  };
  const buffers = {
    tcp: buildReusedBuffer(),
    tcp6: buildReusedBuffer(),
    small: buildReusedBuffer(),
  };
  // Buffers of its own: readListeners() may run while read() uses the others.
  const listing = { tcp: buildReusedBuffer(), tcp6: buildReusedBuffer() };
  const readSockets = socketsFromSsOrProc({ procRoot, ss: ss.run, buffers, onAbsent });
  // Each pass reads all ports that were ever requested, so that all targets share one pass.
  const known = new Set<number>();
  const pass = shareCostlyWork(
    async (): Promise<KernelSnapshot> => ({
      sockets: await readSockets(known),
      listenCounters: await readListenCounters(procRoot, buffers.small),
      somaxconn: await readSomaxconn(procRoot, buffers.small),
      readAtSeconds: now(),
    }),
    kernelSharing,
  );
  return {
    read(ports, fresh = false) {
      const knownBefore = known.size;
      for (const port of ports) known.add(port);
      if (known.size > knownBefore) return pass('unseen');
      return pass(fresh ? 'fresh' : 'recent');
    },
    async readListeners() {
      const listed = await ss.run(listenerArguments);
      if (listed.ok) return ok(parseSsSockets(listed.value));
      const tables = await readTables(procRoot, listing);
      return tables.ok ? ok(parseProcListeners(tables.value)) : tables;
    },
    close() {
      isClosed = true;
      ss.close();
    },
  };
}

interface SocketSources {
  readonly procRoot: string;
  readonly ss: RunSs;
  readonly buffers: Buffers;
  readonly onAbsent: (absence: Absence) => void;
}

type ReadSockets = (ports: ReadonlySet<number>) => Promise<Result<SocketTable, Absence>>;

/** `ss` shows more and costs less than the tables of /proc, which are used without it. */
function socketsFromSsOrProc({ procRoot, ss, buffers, onAbsent }: SocketSources): ReadSockets {
  let failedAt = Number.NEGATIVE_INFINITY;
  let reported = false;
  return async (ports) => {
    if (performance.now() - failedAt >= retrySsMilliseconds) {
      const listed = await ss(socketArguments(ports));
      if (listed.ok) return ok(parseSsSockets(listed.value, ports));
      failedAt = performance.now();
      if (!reported) onAbsent(listed.error);
      reported = true;
    }
    return readProcTables(procRoot, ports, buffers);
  };
}

async function readProcTables(
  procRoot: string,
  ports: ReadonlySet<number>,
  buffers: Buffers,
): Promise<Result<SocketTable, Absence>> {
  const tables = await readTables(procRoot, buffers);
  return tables.ok ? ok(parseProcNetTcp(tables.value, ports)) : tables;
}

async function readTables(
  procRoot: string,
  buffers: Pick<Buffers, 'tcp' | 'tcp6'>,
): Promise<Result<readonly Uint8Array[], Absence>> {
  const [tcp, tcp6] = await Promise.all([
    readWholeFile(`${procRoot}/net/tcp`, buffers.tcp),
    readWholeFile(`${procRoot}/net/tcp6`, buffers.tcp6),
  ]);
  if (!tcp.ok) return tcp;
  // A kernel without IPv6 has no tcp6, and then nothing is missing. With any other error sockets are missing.
  if (!tcp6.ok && tcp6.error.kind !== 'not_found') return tcp6;
  return ok(tcp6.ok ? [tcp.value, tcp6.value] : [tcp.value]);
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
  return err({ kind: 'unreadable', subject: path, detail: 'it contains no number' });
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
