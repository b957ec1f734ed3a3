import { err, ok, type Result } from '../result.ts';
import { startNginxOrigin } from './nginx-origin.ts';
import type { Origin } from './origin.ts';
import { startPreforkOrigin } from './prefork-origin.ts';
import { startRealApache, startRealNginx } from './real-servers.ts';

export interface DemoServers {
  readonly apache: Origin;
  readonly nginx: Origin;
  /** YAML of the capacity of the nginx. */
  readonly nginxCapacity: string;
  readonly simulated: boolean;
}

/** Two simulated servers. Wherever they appear, they are labelled as simulated. */
export async function startSimulation(): Promise<Result<DemoServers, readonly string[]>> {
  const [apache, nginx] = await Promise.all([
    startPreforkOrigin({
      maxRequestWorkers: 24,
      keepAliveTimeoutMilliseconds: 5000,
      workMilliseconds: 120,
    }),
    startNginxOrigin({
      workerConnections: 128,
      keepaliveTimeoutMilliseconds: 20_000,
      workMilliseconds: 120,
    }),
  ]);
  const nginxCapacity = '{worker_processes: 1, worker_connections: 128}';
  return ok({ apache, nginx, nginxCapacity, simulated: true });
}

/** apache2 and nginx of this machine. An error explains why one of them does not run. */
export async function startReal(): Promise<Result<DemoServers, readonly string[]>> {
  const [apache, nginx] = await Promise.all([startRealApache(), startRealNginx()]);
  if (apache.ok && nginx.ok) {
    const nginxCapacity = `{config_file: ${JSON.stringify(nginx.value.configFile)}}`;
    return ok({ apache: apache.value, nginx: nginx.value, nginxCapacity, simulated: false });
  }
  // If only one runs, the demo cannot start: that one is stopped.
  for (const server of [apache, nginx]) if (server.ok) await server.value.stop();
  return err([apache, nginx].flatMap((server) => (server.ok ? [] : [server.error])));
}

/** The configuration of the exporter. It lists the ports, since a simulation and the exporter are the same process. */
export function renderDemoConfig({ apache, nginx, nginxCapacity, simulated }: DemoServers): string {
  const prefix = simulated ? 'simulated-' : '';
  return `targets:
  - {name: ${prefix}apache-prefork, server: apache, status_url: "${apache.statusUrl}", listen: [${apache.port}], sampling: {observation_lane: true}}
  - {name: ${prefix}nginx, server: nginx, status_url: "${nginx.statusUrl}", listen: [${nginx.port}], capacity: ${nginxCapacity}}
`;
}
