import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { type RunningExporter, startExporter } from '../test/support/exporter.ts';
import { type RealApache, startApache } from '../test/support/real-apache.ts';
import { type RealNginx, startNginx } from '../test/support/real-nginx.ts';
import { type RealPrometheus, startPrometheus } from '../test/support/real-prometheus.ts';
import { buildStoppable } from '../test/support/stoppable.ts';
import { createTempDirectory } from '../test/support/temp-directory.ts';
import { waitUntil } from '../test/support/wait-until.ts';
import { writeShortRules } from './shorten-rules.ts';

type Server = RealApache | RealNginx;

/** An exporter and the servers that it watches. */
export interface Host {
  readonly exporter: RunningExporter;
  readonly servers: readonly Server[];
}

/** Five servers of four kinds, behind two exporters and an exporter that probes. */
export interface Fleet {
  readonly prefork: RealApache;
  readonly event: RealApache;
  /** Exporter beside prefork and event. */
  readonly first: RunningExporter;
  /** Exporter beside worker and nginx. */
  readonly second: Host;
  readonly prober: RunningExporter;
  readonly prometheus: RealPrometheus;
  /** Starts another worker and nginx with their exporter, as in a rolling replacement. */
  startSecond(): Promise<Host>;
  /** Sets the exporters that service discovery lists in addition to the first. */
  discover(hosts: readonly Host[]): void;
  stop(): Promise<void>;
}

const alertsDirectory = fileURLToPath(new URL('../alerts/', import.meta.url));
const addressOf = ({ port }: { readonly port: number }) => `127.0.0.1:${port}`;

export function startFleet(): Promise<Fleet> {
  return buildStoppable(async (defer) => {
    const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
      defer(part.stop);
      return part;
    };
    const { path, remove } = await createTempDirectory('fleet');
    defer(remove);
    const startSecond = async (): Promise<Host> => {
      const servers = await Promise.all([
        startApache({ mpm: 'worker', maxRequestWorkers: 8, threadsPerChild: 4 }).then(keep),
        startNginx({ workerProcesses: 1, workerConnections: 64 }).then(keep),
      ]);
      const config = renderExporter({ worker: servers[0], nginx: servers[1] });
      return { exporter: keep(await startExporter({ config })), servers };
    };
    const [prefork, event, edge, second] = await Promise.all([
      startApache({ mpm: 'prefork', maxRequestWorkers: 10 }).then(keep),
      startApache({ mpm: 'event', maxRequestWorkers: 8, threadsPerChild: 4 }).then(keep),
      startNginx({ workerProcesses: 1, workerConnections: 64 }).then(keep),
      startSecond(),
    ]);
    const first = keep(await startExporter({ config: renderExporter({ prefork, event }) }));
    const prober = keep(await startExporter({ config: renderProber(edge) }));
    const discovery = join(path, 'exporters.json');
    const discover = (hosts: readonly Host[]): void => {
      const targets = [first, ...hosts.map(({ exporter }) => exporter)].map(addressOf);
      writeFileSync(discovery, JSON.stringify([{ targets }]));
    };
    discover([second]);
    const rules = writeShortRules(alertsDirectory, path);
    const config = renderPrometheus({ discovery, rules, prober, edge });
    const prometheus = keep(await startPrometheus({ config }));
    await waitUntil({
      until: 'Prometheus has all five servers',
      holds: async () => (await prometheus.query('webserver_up == 1')).length === 5,
    });
    return { prefork, event, first, second, prober, prometheus, startSecond, discover };
  });
}

/** The configuration of an exporter for some servers, by name. */
export function renderExporter(servers: Readonly<Record<string, Server>>): string {
  return stringify({
    targets: Object.entries(servers).map(([name, server]) => ({
      name,
      status_url: server.statusUrl,
      sampling: { interval: '500ms' },
      ...(server.statusUrl.endsWith('auto')
        ? { server: 'apache' }
        : { server: 'nginx', capacity: { config_file: server.configFile } }),
    })),
  });
}

function renderProber(edge: RealNginx): string {
  const capacity = { config_file: edge.configFile };
  return stringify({
    targets: [],
    probe: {
      allow: [{ cidr: '127.0.0.0/8', ports: [edge.port] }],
      modules: { nginx: { server: 'nginx', path: '/stub_status', capacity } },
    },
  });
}

interface PrometheusParts {
  readonly discovery: string;
  readonly rules: readonly string[];
  readonly prober: RunningExporter;
  readonly edge: RealNginx;
}

function renderPrometheus({ discovery, rules, prober, edge }: PrometheusParts): string {
  return stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: rules,
    scrape_configs: [
      {
        job_name: 'keepalive',
        file_sd_configs: [{ files: [discovery], refresh_interval: '1s' }],
      },
      {
        job_name: 'probe',
        metrics_path: '/probe',
        params: { module: ['nginx'] },
        static_configs: [{ targets: [addressOf(edge)] }],
        relabel_configs: [
          { source_labels: ['__address__'], target_label: '__param_target' },
          { source_labels: ['__param_target'], target_label: 'instance' },
          { target_label: '__address__', replacement: addressOf(prober) },
        ],
      },
    ],
  });
}
