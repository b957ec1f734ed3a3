import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { present } from '../src/present.ts';
import { type RunningExporter, startExporter } from '../test/support/exporter.ts';
import { type Peer, startApachePeer, startNginxPeer } from '../test/support/peers.ts';
import { startAlertmanager } from '../test/support/real-alertmanager.ts';
import { type RealApache, startApache } from '../test/support/real-apache.ts';
import { type RealNginx, startNginx } from '../test/support/real-nginx.ts';
import { type RealPrometheus, startPrometheus } from '../test/support/real-prometheus.ts';
import { recommendedFormats } from '../test/support/visit-log.ts';
import { waitUntil } from '../test/support/wait-until.ts';
import { writeShortRules } from './shorten-rules.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

/** The whole real chain from a full server to the webhook. */
export interface Drill {
  readonly prefork: RealApache;
  readonly event: RealApache;
  readonly nginx: RealNginx;
  readonly exporter: RunningExporter;
  readonly prometheus: RealPrometheus;
  readonly webhook: WebhookReceiver;
  /** The peer exporters of prefork and nginx. */
  readonly peers: { readonly apache: Peer; readonly nginx: Peer };
  stop(): Promise<void>;
}

const alertsDirectory = fileURLToPath(new URL('../alerts/', import.meta.url));
/** Those that docs/log-formats.md recommends: they identify connections, which the advice needs. */
const { apache: apacheLogFormat, nginx: nginxLogFormat } = recommendedFormats;

/** Longer than every scene, and not so long that the curve of timeouts is a single point. */
const keepAliveTimeout = 120;

const preforkOptions = {
  mpm: 'prefork',
  keepAliveTimeout,
  maxRequestWorkers: 10,
  timeout: 5,
  accessLogFormat: apacheLogFormat,
} as const;
const eventOptions = {
  mpm: 'event',
  keepAliveTimeout,
  maxRequestWorkers: 8,
  threadsPerChild: 4,
} as const;
const nginxOptions = {
  keepaliveTimeout: keepAliveTimeout,
  workerProcesses: 1,
  workerConnections: 64,
  logFormat: nginxLogFormat,
  clientHeaderTimeout: 3,
};

/** @param storage where Prometheus keeps what it records; by default nothing is kept */
export async function startDrill(storage?: string): Promise<Drill> {
  const stops: (() => Promise<unknown>)[] = [];
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
    stops.unshift(() => part.stop());
    return part;
  };
  const directory = await mkdtemp(join(tmpdir(), 'drill-'));
  stops.unshift(() => rm(directory, { recursive: true, force: true }));
  try {
    const webhook = keep(await startWebhookReceiver());
    const prefork = keep(await startApache(preforkOptions));
    const event = keep(await startApache(eventOptions));
    const nginx = keep(await startNginx(nginxOptions));
    const exporter = keep(
      await startExporter({
        config: exporterConfig({ prefork, event, nginx }, join(directory, 'checkpoint')),
      }),
    );
    const peers = {
      apache: keep(await startApachePeer(prefork)),
      nginx: keep(await startNginxPeer(nginx)),
    };
    const alertmanager = keep(await startAlertmanager(shortAlertmanagerConfig(webhook.url)));
    const prometheus = keep(
      await startPrometheus({
        config: prometheusConfig({
          ruleFiles: writeShortRules(alertsDirectory, directory),
          alertmanager: alertmanager.address,
          exporterPort: exporter.port,
        }),
        ...present({ storage }),
      }),
    );
    // Without one scrape before it ends, an exporter that ends in the first scene would fire no alert.
    await waitUntil({
      until: 'Prometheus has all three servers',
      holds: async () => (await prometheus.query('webserver_up')).length === 3,
    });
    return {
      prefork,
      event,
      nginx,
      exporter,
      prometheus,
      webhook,
      peers,
      async stop() {
        for (const stop of stops) await stop();
      },
    };
  } catch (error) {
    for (const stop of stops) await stop();
    throw error;
  }
}

function prometheusConfig({
  ruleFiles,
  alertmanager,
  exporterPort,
}: {
  readonly ruleFiles: readonly string[];
  readonly alertmanager: string;
  readonly exporterPort: number;
}): string {
  return stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ruleFiles,
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: [
      {
        job_name: 'keepalive-exporter',
        static_configs: [{ targets: [`127.0.0.1:${exporterPort}`] }],
      },
    ],
  });
}

type Servers = Pick<Drill, 'prefork' | 'event' | 'nginx'>;

/** Reads every source, so that every panel of the dashboards has data. */
function exporterConfig({ prefork, event, nginx }: Servers, checkpoint: string): string {
  return stringify({
    checkpoint: { directory: checkpoint },
    targets: [
      {
        name: 'prefork',
        server: 'apache',
        status_url: prefork.statusUrl,
        sampling: { interval: '500ms' },
        processes: { pid_file: prefork.pidFile },
        slot_table: { interval: '1s' },
        capacity: { config_file: prefork.configFile },
        access_logs: [{ path: prefork.accessLog, format: apacheLogFormat }],
        error_logs: [{ path: prefork.errorLog }],
      },
      {
        name: 'event',
        server: 'apache',
        status_url: event.statusUrl,
        sampling: { interval: '500ms' },
      },
      {
        name: 'nginx',
        server: 'nginx',
        status_url: nginx.statusUrl,
        sampling: { interval: '500ms' },
        capacity: { config_file: nginx.configFile },
        access_logs: [{ path: nginx.accessLog, format: nginxLogFormat }],
        error_logs: [{ path: nginx.errorLog }],
      },
    ],
  });
}

/** The shipped routes and inhibitions, with short waits and our own receivers. */
function shortAlertmanagerConfig(webhookUrl: string): object {
  const shipped = parse(
    readFileSync(join(alertsDirectory, 'alertmanager', 'alertmanager.yml'), 'utf8'),
  ) as {
    route: { routes: Record<string, unknown>[] };
    receivers: { name: string }[];
  };
  const soon = { group_wait: '0s', group_interval: '1s', repeat_interval: '1h' };
  return {
    ...shipped,
    templates: [],
    // Needs files with secrets that our receivers do not use.
    global: {},
    route: {
      ...shipped.route,
      ...soon,
      routes: shipped.route.routes.map((route) => ({ ...route, ...soon })),
    },
    receivers: shipped.receivers.map(({ name }) => ({
      name,
      ...(name === 'watchdog'
        ? {}
        : { webhook_configs: [{ url: webhookUrl, send_resolved: true }] }),
    })),
  };
}
