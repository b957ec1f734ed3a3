import type { TargetConfig } from '../config/schema.ts';
import { deriveHostFigures } from '../derive/host-figures.ts';
import { socketsOf } from '../derive/server-listeners.ts';
import type { KernelReader } from '../io/read-kernel.ts';
import { createProcessReader } from '../io/read-processes.ts';
import { present } from '../present.ts';
import type { Result } from '../result.ts';
import type { Absence } from '../snapshot/absence.ts';
import type { HostFigures } from '../snapshot/host.ts';
import type { KernelSnapshot } from '../snapshot/kernel.ts';
import type { ListenEndpoint } from '../snapshot/listeners.ts';
import type { ReadListen } from './listen-source.ts';
import type { Log } from './log.ts';

export interface HostSourceOptions {
  readonly target: string;
  readonly readListen: ReadListen;
  readonly processes: TargetConfig['processes'];
  readonly kernel: KernelReader;
  readonly log: Log;
}

/** @param fresh reads everything again, unless reading is costly */
export type ReadHost = (fresh: boolean) => Promise<HostFigures>;

/** Reads the kernel's figures and the processes of one server. What cannot be read is absent, and logged once. */
export function createHostSource(options: HostSourceOptions): ReadHost {
  const { target, readListen, processes, kernel, log } = options;
  const reported = new Set<string>();
  const known = <T>(read: Result<T, Absence>): T | undefined => {
    if (read.ok) return read.value;
    const { subject, detail } = read.error;
    if (!reported.has(subject)) {
      log.warn('a figure is absent', { target, subject, reason: detail });
    }
    reported.add(subject);
    return undefined;
  };
  const readServer = processes === undefined ? undefined : createProcessReader(processes);
  return async (fresh) => {
    const { endpoints, complete } = await readListen();
    const ports = endpoints.map(({ port }) => port);
    const snapshot = ports.length === 0 ? undefined : await kernel.read(ports, fresh);
    logMalformed(snapshot, options);
    const figures =
      readServer === undefined
        ? undefined
        : known(await readServer(listenerInodes(snapshot, endpoints)));
    return {
      ...(snapshot === undefined ? {} : kernelFigures(snapshot, { endpoints, complete }, known)),
      ...present({ processes: figures }),
    };
  };
}

function logMalformed(
  snapshot: KernelSnapshot | undefined,
  { target, log }: HostSourceOptions,
): void {
  const lines = snapshot?.sockets.ok === true ? snapshot.sockets.value.malformedLines : 0;
  if (lines > 0) log.debug('lines of the kernel socket table cannot be read', { target, lines });
}

/** The sockets of this server: the snapshot contains the ports of all targets. */
function listenerInodes(
  snapshot: KernelSnapshot | undefined,
  endpoints: readonly ListenEndpoint[],
): ReadonlySet<number> {
  if (snapshot?.sockets.ok !== true) return new Set();
  const { ports } = snapshot.sockets.value;
  return new Set(
    endpoints.flatMap((endpoint) => {
      const listeners = ports.get(endpoint.port)?.listeners ?? [];
      const here = listeners.map((listener) => ({ ...listener, port: endpoint.port }));
      return socketsOf(endpoint, here).map(({ inode }) => inode);
    }),
  );
}

type Known = <T>(read: Result<T, Absence>) => T | undefined;

function kernelFigures(
  snapshot: KernelSnapshot,
  selection: { readonly endpoints: readonly ListenEndpoint[]; readonly complete: boolean },
  known: Known,
): HostFigures {
  const sockets = known(snapshot.sockets);
  const somaxconn = known(snapshot.somaxconn);
  return {
    ...known(snapshot.listenCounters),
    ...(sockets === undefined
      ? {}
      : deriveHostFigures(sockets, { ...selection, ...present({ somaxconn }) })),
    kernelReadAtSeconds: snapshot.readAtSeconds,
  };
}
