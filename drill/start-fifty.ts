import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Origin } from '../src/demo/origin.ts';
import { startPreforkOrigin } from '../src/demo/prefork-origin.ts';
import { startVisitors } from '../src/demo/visitors.ts';
import { startExporter } from '../test/support/exporter.ts';
import { type RealPrometheus, startPrometheus } from '../test/support/real-prometheus.ts';
import { buildStoppable } from '../test/support/stoppable.ts';
import { createTempDirectory } from '../test/support/temp-directory.ts';
import { waitUntil } from '../test/support/wait-until.ts';
import { writeShortRules } from './shorten-rules.ts';

/** Fifty simulated preforks behind one real exporter and a real Prometheus, for pictures of a fleet. */
export interface Fifty {
  /** The server to fill. */
  readonly full: Origin;
  readonly prometheus: RealPrometheus;
  stop(): Promise<void>;
}

const alertsDirectory = fileURLToPath(new URL('../alerts/', import.meta.url));
const slots = 20;
const nameOf = (index: number) => `shop-${String(index + 1).padStart(2, '0')}`;

/** @param storage where Prometheus keeps what it records */
export function startFifty(storage: string): Promise<Fifty> {
  return buildStoppable(async (defer) => {
    const servers = await Promise.all(
      Array.from({ length: 50 }, () =>
        startPreforkOrigin({
          maxRequestWorkers: slots,
          keepAliveTimeoutMilliseconds: 20_000,
          workMilliseconds: 20,
        }),
      ),
    );
    const full = servers[36];
    if (full === undefined) throw new Error('There are not fifty servers');
    for (const { stop } of servers) defer(stop);
    for (const [index, { port }] of servers.entries()) {
      // Waves of different height that do not fill a server.
      const visitors = startVisitors({
        port,
        maximum: 2 + (index % 13),
        periodMilliseconds: 60_000,
      });
      defer(async () => visitors.stop());
    }
    const config = stringify({
      targets: servers.map(({ statusUrl, port }, index) => ({
        name: nameOf(index),
        server: 'apache',
        status_url: statusUrl,
        listen: [port],
        sampling: { interval: '2s', observation_lane: true },
      })),
    });
    const exporter = await startExporter({ config });
    defer(exporter.stop);
    const scrapeTargets = [{ job: 'web', url: `http://127.0.0.1:${exporter.port}/metrics` }];
    const { path, remove } = await createTempDirectory('fifty');
    defer(remove);
    const ruleFiles = writeShortRules(alertsDirectory, path);
    const prometheus = await startPrometheus({
      scrapeTargets,
      scrapeInterval: '5s',
      ruleFiles,
      storage,
    });
    defer(prometheus.stop);
    await waitUntil({
      until: 'Prometheus has all fifty servers',
      withinMs: 60_000,
      holds: async () => (await prometheus.query('webserver_up == 1')).length === servers.length,
    });
    return { full, prometheus };
  });
}
