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

/** Two small models of slots, labelled as such wherever they appear. */
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

/** apache2 and nginx of this machine; the error says in words what keeps one of them from running. */
export async function startReal(): Promise<Result<DemoServers, readonly string[]>> {
  const [apache, nginx] = await Promise.all([startRealApache(), startRealNginx()]);
  if (apache.ok && nginx.ok) {
    const nginxCapacity = `{config_file: ${JSON.stringify(nginx.value.configFile)}}`;
    return ok({ apache: apache.value, nginx: nginx.value, nginxCapacity, simulated: false });
  }
  // The one that runs must not outlive a demo that cannot begin.
  for (const server of [apache, nginx]) if (server.ok) await server.value.stop();
  return err([apache, nginx].flatMap((server) => (server.ok ? [] : [server.error])));
}

/** The configuration of an exporter that watches both. One process holds all ports of a simulation, the exporter's too. */
export function renderDemoConfig({ apache, nginx, nginxCapacity, simulated }: DemoServers): string {
  const prefix = simulated ? 'simulated-' : '';
  return `targets:
  - {name: ${prefix}apache-prefork, server: apache, status_url: "${apache.statusUrl}", listen: [${apache.port}], sampling: {observation_lane: true}}
  - {name: ${prefix}nginx, server: nginx, status_url: "${nginx.statusUrl}", listen: [${nginx.port}], capacity: ${nginxCapacity}}
`;
}
