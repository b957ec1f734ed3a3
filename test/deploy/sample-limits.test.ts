import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../support/doc-blocks.ts';
import { startInProcess } from '../support/in-process-app.ts';
import { keep } from '../support/keep.ts';
import { loadObjects } from '../support/kubernetes-objects.ts';
import { listenOnFreePort } from '../support/listen-on-free-port.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');

/** The page of Apache in front of 500 backends, as many as are read. */
function pageOfProxy(): string {
  const workers = Array.from({ length: 500 }, (_, index) => {
    const prefix = `ProxyBalancer[0]Worker[${index}]`;
    const figures = ['Status: Init Ok ', 'Elected: 5', 'Busy: 1', 'Sent: 12K', 'Rcvd: 3K'];
    return [`Name: http://10.0.0.${index}`, ...figures]
      .map((line) => `${prefix}${line}\n`)
      .join('');
  });
  return `${read('test/fixtures/apache-2.4.62-event.txt')}ProxyBalancer[0]Name: balancer://app\n${workers.join('')}`;
}

test('the sample limits admit the largest page: above its limit Prometheus drops the whole scrape', async () => {
  const page = pageOfProxy();
  const server = createServer((_, response) => response.end(page));
  const port = await listenOnFreePort(server);
  keep({ stop: async () => void server.close() });
  const status_url = `http://127.0.0.1:${port}/server-status?auto`;
  const { get } = await startInProcess({ targets: [{ name: 'a', server: 'apache', status_url }] });
  const lines = (await get('/probe?target=a')).split('\n');
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#')).length;
  expect(samples).toBeGreaterThan(2500);

  const limits = ['central-scrape/probes.yaml', 'sidecar/pod-monitor.yaml'].flatMap((file) =>
    loadObjects(read(`deploy/kubernetes/components/${file}`)).map(({ spec }) =>
      Number(spec['sampleLimit']),
    ),
  );
  expect(limits).toHaveLength(3);
  for (const limit of limits) expect(limit).toBeGreaterThan(samples);
});
