import { expect, test } from 'vitest';
import { renderFamilies } from '../../src/metrics/registry.ts';
import { everyFamily } from '../support/every-family.ts';
import { startExporter } from '../support/exporter.ts';
import { keep } from '../support/keep.ts';
import { promtool } from '../support/promtool.ts';
import { startApache } from '../support/real-apache.ts';
import { startNginx } from '../support/real-nginx.ts';
import { startPrometheus } from '../support/real-prometheus.ts';
import { waitUntil } from '../support/wait-until.ts';

test('promtool has nothing to say about any family of the catalogue, each with all of its labels', async () => {
  const text = await renderFamilies(await everyFamily(), () => Promise.resolve());
  expect(text).toContain('webserver_connection_idle_seconds_bucket');
  expect(promtool(['check', 'metrics'], text)).toEqual({ exitCode: 0, output: '' });
});
/** In any second of the last ten minutes. */
const ever = (query: string) => `last_over_time((${query})[10m:1s])`;
const slotsOfAll = 'sum by (target, kind) (webserver_slots{job="all"})';
const limitOfAll = 'sum by (target, kind) (webserver_slots_limit{job="all"})';

test('Prometheus scrapes /metrics and finds its targets at /targets; promtool has nothing to say', async () => {
  const apache = keep(
    await startApache({ mpm: 'event', maxRequestWorkers: 8, threadsPerChild: 4 }),
  );
  const nginx = keep(await startNginx({ workerProcesses: 1, workerConnections: 64 }));
  const exporter = keep(
    await startExporter({
      config: `targets:
  - {name: shop, server: apache, status_url: "${apache.statusUrl}"}
  - {name: edge, server: nginx, status_url: "${nginx.statusUrl}", capacity: {config_file: "${nginx.configFile}"}}`,
    }),
  );
  const own = (await exporter.metrics())
    .split('\n')
    .filter((line) => !/^(# (HELP|TYPE) )?(apache|nginx)_/.test(line))
    .join('\n');
  expect(own).toContain('webserver_worker_saturation_ratio');
  expect(promtool(['check', 'metrics'], own)).toEqual({ exitCode: 0, output: '' });

  const prometheus = keep(
    await startPrometheus({
      config: JSON.stringify({
        global: { scrape_interval: '1s', scrape_timeout: '1s' },
        scrape_configs: [
          { job_name: 'all', static_configs: [{ targets: [`127.0.0.1:${exporter.port}`] }] },
          {
            job_name: 'each',
            metrics_path: '/probe',
            http_sd_configs: [{ url: `${exporter.url}/targets`, refresh_interval: '1s' }],
          },
        ],
      }),
    }),
  );
  await waitUntil({
    until: 'both jobs have scraped both targets',
    // A scrape that takes a slow machine more than its second is not counted, and takes nothing back.
    holds: async () =>
      (await prometheus.query(ever('webserver_up{job="all"} == 1'))).length === 2 &&
      (await prometheus.query(ever('probe_success{job="each"} == 1'))).length === 2,
  });
  const each = await prometheus.query(ever('webserver_up{job="each"}'));
  expect(new Set(each.map(({ metric }) => metric['target']))).toEqual(new Set(['shop', 'edge']));
  // Each target has an up of its own, and the labels of the exporter stay as they are.
  const up = await prometheus.query(ever('up{job="each"}'));
  expect(new Set(up.map(({ metric }) => metric['instance']))).toEqual(new Set(['shop', 'edge']));
  expect(await prometheus.query(ever('{exported_server!=""} or {exported_instance!=""}'))).toEqual(
    [],
  );
  expect(await prometheus.query(ever(slotsOfAll))).not.toEqual([]);
  expect(await prometheus.query(ever(`${slotsOfAll} != on (target, kind) ${limitOfAll}`))).toEqual(
    [],
  );
});
