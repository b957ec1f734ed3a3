import type { CapacityConfig } from '../config/schema.ts';
import { deriveNginxCapacity, type NginxCapacity } from '../derive/nginx-capacity.ts';
import { cpuCount } from '../io/machine.ts';
import { readNginxConfig } from '../io/read-nginx-config.ts';
import { present } from '../present.ts';
import { ok, type Result } from '../result.ts';
import type { Capacity } from '../snapshot/slots.ts';
import type { TargetIdentity } from '../snapshot/target-view.ts';
import type { Log } from './log.ts';
import { rereadEachMinute } from './reread.ts';

/** Reads the capacity of a target, as far as it is known; never rejects. */
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
  // The limit of Apache is on its status page; its file is only audited.
  const file = identity.server === 'nginx' ? capacity.config_file : undefined;
  if (stated.slots !== undefined || file === undefined) return () => Promise.resolve(stated);
  let logged: string | undefined;
  return rereadEachMinute(async () => {
    const read = await readCapacity(file, capacity);
    const error = read.ok ? undefined : read.error;
    if (error !== undefined && error !== logged) {
      log.warn('cannot read the capacity; ratios are absent', { file, error });
    }
    logged = error;
    return read.ok ? read.value : stated;
  }, stated);
}

/** The capacity that the exporter's own configuration states. */
function statedCapacity(config: CapacityConfig): Capacity {
  const { worker_processes: processes, worker_connections: connections } = config;
  const product =
    processes === undefined || connections === undefined ? undefined : processes * connections;
  const slots = config.slots ?? product;
  return {
    ...(slots === undefined ? {} : { slots, slotsSource: 'override' }),
    ...present({
      threadsPerChild: config.threads_per_child,
      asyncRequestWorkerFactor: config.async_request_worker_factor,
    }),
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
  return present({
    workerProcesses: config.worker_processes,
    workerConnections: config.worker_connections,
  });
}
