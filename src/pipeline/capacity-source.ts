import type { CapacityConfig } from '../config/schema.ts';
import { deriveNginxCapacity, type NginxCapacity } from '../derive/nginx-capacity.ts';
import { cpuCount } from '../io/machine.ts';
import { readNginxConfig } from '../io/read-nginx-config.ts';
import { ok, type Result } from '../result.ts';
import type { Capacity } from '../snapshot/slots.ts';
import type { TargetIdentity } from '../snapshot/target-view.ts';
import type { Log } from './log.ts';
import { rereadEachMinute } from './reread.ts';

/** Yields what is known about a target's capacity; never rejects. */
export type CapacitySource = () => Promise<Capacity>;

export interface CapacitySourceOptions {
  readonly identity: Pick<TargetIdentity, 'server'>;
  readonly capacity: CapacityConfig;
  readonly log: Log;
}

export function createCapacitySource({
  identity,
  capacity,
  log,
}: CapacitySourceOptions): CapacitySource {
  const stated = statedCapacity(capacity);
  // Apache's scoreboard tells its limit; its file is for the audit.
  const file = identity.server === 'nginx' ? capacity.config_file : undefined;
  if (stated.slots !== undefined || file === undefined) return () => Promise.resolve(stated);
  return rereadEachMinute(async () => {
    const read = await readCapacity(file, capacity);
    if (read.ok) return read.value;
    log.warn('cannot read the capacity; ratios are absent', { file, error: read.error });
    return stated;
  });
}

/** What the configuration states by itself. */
function statedCapacity(config: CapacityConfig): Capacity {
  const { worker_processes: processes, worker_connections: connections } = config;
  const product =
    processes === undefined || connections === undefined ? undefined : processes * connections;
  const slots = config.slots ?? product;
  const { threads_per_child, async_request_worker_factor } = config;
  return {
    ...(slots === undefined ? {} : { slots, slotsSource: 'override' }),
    ...(threads_per_child === undefined ? {} : { threadsPerChild: threads_per_child }),
    ...(async_request_worker_factor === undefined
      ? {}
      : { asyncRequestWorkerFactor: async_request_worker_factor }),
  };
}

async function readCapacity(
  file: string,
  config: CapacityConfig,
): Promise<Result<Capacity, string>> {
  const directives = await readNginxConfig(file);
  if (!directives.ok) return directives;
  const { workerProcesses, workerConnections } = deriveNginxCapacity(directives.value, {
    cpuCount: config.cpu_count ?? cpuCount(),
    override: overrideOf(config),
  });
  return ok({ slots: workerProcesses * workerConnections, slotsSource: 'config_file' });
}

function overrideOf(config: CapacityConfig): Partial<NginxCapacity> {
  const { worker_processes, worker_connections } = config;
  return {
    ...(worker_processes === undefined ? {} : { workerProcesses: worker_processes }),
    ...(worker_connections === undefined ? {} : { workerConnections: worker_connections }),
  };
}
