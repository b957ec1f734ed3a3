import { expect, test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { keep } from '../support/keep.ts';
import { startPrometheus } from '../support/real-prometheus.ts';
import { waitUntil } from '../support/wait-until.ts';

const page =
  'Active connections: 1 \nserver accepts handled requests\n 3 3 3 \nReading: 0 Writing: 1 Waiting: 0 \n';
const reply = `HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\nConnection: close\r\n\r\n${page}`;
const targetCount = 3000;
const ever = 'last_over_time(webserver_up[10m])';

test('three replicas share the targets by hashmod, each scraped by exactly one', async () => {
  const server = keep(await startHostileServer((socket) => socket.end(reply)));
  const targets = Array.from({ length: targetCount }, (_, index) => ({
    name: `t${index}`,
    server: 'nginx',
    status_url: `${server.url}/stub_status`,
    sampling: { interval: '0s' },
  }));
  const config = JSON.stringify({ targets });
  const replicas = [];
  for (let replica = 0; replica < 3; replica++) {
    replicas.push(keep(await startExporter({ config, args: ['--no-compat-metrics'] })));
  }
  const [first] = replicas;
  const prometheus = keep(
    await startPrometheus({
      config: JSON.stringify({
        // A slow machine needs longer for so many scrapes; one that is cut short would only come again.
        global: { scrape_interval: '45s', scrape_timeout: '45s' },
        scrape_configs: [
          {
            job_name: 'web-servers',
            metrics_path: '/probe',
            http_sd_configs: [{ url: `${first?.url}/targets`, refresh_interval: '5s' }],
            relabel_configs: [
              {
                source_labels: ['__param_target'],
                modulus: 3,
                target_label: '__tmp_shard',
                action: 'hashmod',
              },
              ...replicas.map(({ port }, shard) => ({
                source_labels: ['__tmp_shard'],
                regex: String(shard),
                target_label: '__address__',
                replacement: `127.0.0.1:${port}`,
              })),
              { source_labels: ['__address__'], target_label: 'exporter' },
            ],
            metric_relabel_configs: [
              { source_labels: ['__name__'], regex: 'webserver_up', action: 'keep' },
            ],
          },
        ],
      }),
    }),
  );
  const scalar = async (query: string) => (await prometheus.query(query))[0]?.value;
  await waitUntil({
    until: 'every target has been scraped',
    withinMs: 560_000,
    everyMs: 1000,
    // A scrape that a slow machine does not finish in time comes again.
    holds: async () => (await scalar(`count(${ever} == 1)`)) === targetCount,
  });
  expect(await scalar(`max(count by (target) (${ever}))`)).toBe(1);
  const shares = await prometheus.query(`count by (exporter) (${ever})`);
  expect(shares).toHaveLength(3);
  for (const { value } of shares) expect(value).toBeGreaterThan(targetCount / 4);
}, 600_000);
