import { expect, test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { keep } from '../support/keep.ts';

const page =
  'Active connections: 1 \nserver accepts handled requests\n 3 3 3 \nReading: 0 Writing: 1 Waiting: 0 \n';
const reply = `HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\nConnection: close\r\n\r\n${page}`;

test('A1 A18 100 of 1000 targets hang: one scrape answers in time with the other 900', async () => {
  let hangs = false;
  const server = keep(
    await startHostileServer((socket, head) => {
      if (!hangs || !head.startsWith('GET /hangs')) socket.end(reply);
    }),
  );
  const targets = Array.from({ length: 1000 }, (_, index) => ({
    name: `t${index}`,
    server: 'nginx',
    status_url: `${server.url}/${index % 10 === 0 ? 'hangs' : 'stub_status'}`,
    // The scrape alone limits the time of a poll.
    timeout: '120s',
  }));
  const exporter = keep(await startExporter({ config: JSON.stringify({ targets }) }));
  const scrape = async (timeoutSeconds: number) =>
    parseExposition(
      await exporter.metrics({ 'x-prometheus-scrape-timeout-seconds': String(timeoutSeconds) }),
    );
  const startedAt = performance.now();
  const before = await scrape(120);
  expect(before.samples('webserver_up').filter(({ value }) => value === 1)).toHaveLength(1000);
  // Twice as long as this machine takes for all of them: it may be busier in a moment.
  const timeoutSeconds = Math.max(4, (2 * (performance.now() - startedAt)) / 1000);
  hangs = true;
  const exposition = await scrape(timeoutSeconds);
  const up = exposition.samples('webserver_up');
  expect(up.filter(({ value }) => value === 1)).toHaveLength(900);
  expect(up.filter(({ value }) => value === 0)).toHaveLength(100);
  expect(
    exposition
      .samples('webserver_scrape_result', { result: 'response_timeout' })
      .filter(({ value }) => value === 1),
  ).toHaveLength(100);
});
