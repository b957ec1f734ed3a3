import { expect, test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { keep } from '../support/keep.ts';

const page =
  'Active connections: 1 \nserver accepts handled requests\n 3 3 3 \nReading: 0 Writing: 1 Waiting: 0 \n';
const reply = `HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\nConnection: close\r\n\r\n${page}`;

test('A1 A18 100 of 1000 targets hang: one scrape answers in time with the other 900', async () => {
  const server = keep(
    await startHostileServer((socket, head) => {
      if (!head.startsWith('GET /hangs')) socket.end(reply);
    }),
  );
  const targets = Array.from({ length: 1000 }, (_, index) => ({
    name: `t${index}`,
    server: 'nginx',
    status_url: `${server.url}/${index % 10 === 0 ? 'hangs' : 'stub_status'}`,
  }));
  const exporter = keep(await startExporter({ config: JSON.stringify({ targets }) }));
  const exposition = parseExposition(
    await exporter.metrics({ 'x-prometheus-scrape-timeout-seconds': '4' }),
  );
  const up = exposition.samples('webserver_up');
  expect(up.filter(({ value }) => value === 1)).toHaveLength(900);
  expect(up.filter(({ value }) => value === 0)).toHaveLength(100);
  expect(
    exposition
      .samples('webserver_scrape_result', { result: 'response_timeout' })
      .filter(({ value }) => value === 1),
  ).toHaveLength(100);
});
