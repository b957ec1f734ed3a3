import type { TargetConfig } from '../config/schema.ts';
import { deriveAcceptQueue } from '../derive/accept-queue.ts';
import type { KernelReader } from '../io/read-kernel.ts';
import { createProcessReader } from '../io/read-processes.ts';
import type { Result } from '../result.ts';
import type { Absence } from '../snapshot/absence.ts';
import type { HostFigures, ListenFigures } from '../snapshot/host.ts';
import type { KernelSnapshot } from '../snapshot/kernel.ts';
import type { Log } from './log.ts';

export interface HostSourceOptions {
  readonly target: string;
  readonly listen: readonly number[];
  readonly processes: TargetConfig['processes'];
  readonly kernel: KernelReader;
  readonly log: Log;
}

/** `afresh`: nothing that was read before the call. */
export type ReadHost = (afresh: boolean) => Promise<HostFigures>;

/** Reads what the machine says about one server; what is out of reach is absent, and said once in the log. */
export function createHostSource(options: HostSourceOptions): ReadHost {
  const { target, listen, processes, kernel, log } = options;
  const said = new Set<string>();
  const known = <T>(read: Result<T, Absence>): T | undefined => {
    if (read.ok) return read.value;
    const { subject, detail } = read.error;
    if (!said.has(subject)) log.warn('a figure is absent', { target, subject, reason: detail });
    said.add(subject);
    return undefined;
  };
  const readServer = processes === undefined ? undefined : createProcessReader(processes);
  return async (afresh) => {
    const snapshot = listen.length === 0 ? undefined : await kernel.read(listen, afresh);
    const figures =
      readServer === undefined
        ? undefined
        : known(await readServer(listenerInodes(snapshot, listen)));
    return {
      ...(snapshot === undefined ? {} : kernelFigures(snapshot, listen, known)),
      ...(figures === undefined ? {} : { processes: figures }),
    };
  };
}

/** The reader's table holds the ports of all targets. */
function listenerInodes(
  snapshot: KernelSnapshot | undefined,
  listen: readonly number[],
): ReadonlySet<number> {
  if (snapshot?.sockets.ok !== true) return new Set();
  const { ports } = snapshot.sockets.value;
  return new Set(
    listen.flatMap((port) => ports.get(port)?.listeners.map(({ inode }) => inode) ?? []),
  );
}

type Known = <T>(read: Result<T, Absence>) => T | undefined;

function kernelFigures(
  snapshot: KernelSnapshot,
  ports: readonly number[],
  known: Known,
): HostFigures {
  const sockets = known(snapshot.sockets);
  const somaxconn = known(snapshot.somaxconn);
  const bounds = somaxconn === undefined ? {} : { somaxconn };
  const listen = ports.flatMap((port): readonly ListenFigures[] => {
    const found = sockets?.ports.get(port);
    const queue = found === undefined ? undefined : deriveAcceptQueue(port, found, bounds);
    if (found === undefined || queue === undefined) return [];
    const { length, limit } = queue;
    return [
      {
        port,
        queueLength: length,
        ...(limit === undefined ? {} : { queueLimit: limit }),
        connections: found.connections,
      },
    ];
  });
  return { ...known(snapshot.listenCounters), listen };
}

/**
 * Ports whose sockets are a server's: those configured, else the one of its status page when that is asked for on a
 * loopback address, which cannot be in another network namespace.
 */
export function listenPorts(
  config: Pick<TargetConfig, 'listen' | 'status_url'>,
): readonly number[] {
  if (config.listen !== undefined) return config.listen;
  if (!URL.canParse(config.status_url)) return [];
  const { hostname, port, protocol } = new URL(config.status_url);
  if (!/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) return [];
  return [port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)];
}
