import type { NginxDirective } from '../parse/nginx-config.ts';

/** nginx's own defaults: ngx_core_module (worker_processes 1), ngx_event.c DEFAULT_CONNECTIONS (512). */
const defaultWorkerProcesses = 1;
const defaultWorkerConnections = 512;

export interface NginxCapacity {
  readonly workerProcesses: number;
  readonly workerConnections: number;
}

interface CapacityKnowledge {
  /** What `worker_processes auto` means on the machine nginx runs on. */
  readonly cpuCount: number;
  /** Configured by a person; takes precedence over the file. */
  readonly override: Partial<NginxCapacity>;
}

/**
 * Connections nginx can hold: worker_processes x worker_connections. The product is an upper bound: upstream
 * connections and listening sockets count against it, and one worker may be full before the others.
 *
 * @param directives the main context, with `include` already resolved
 */
export function deriveNginxCapacity(
  directives: readonly NginxDirective[],
  { cpuCount, override }: CapacityKnowledge,
): NginxCapacity {
  const events = directives.find(({ name }) => name === 'events')?.block ?? [];
  const processes = lastArgument(directives, 'worker_processes');
  const connections = lastArgument(events, 'worker_connections');
  return {
    workerProcesses:
      override.workerProcesses ??
      (processes === 'auto' ? cpuCount : (positive(processes) ?? defaultWorkerProcesses)),
    workerConnections:
      override.workerConnections ?? positive(connections) ?? defaultWorkerConnections,
  };
}

function lastArgument(directives: readonly NginxDirective[], wanted: string): string | undefined {
  return directives.findLast(({ name }) => name === wanted)?.args[0];
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
