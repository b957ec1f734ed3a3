import { expect, test } from 'vitest';
import { startHostileServer } from '../support/hostile-server.ts';
import { startInProcess } from '../support/in-process-app.ts';
import { keep } from '../support/keep.ts';

const page =
  'Active connections: 1 \nserver accepts handled requests\n 3 3 3 \nReading: 0 Writing: 1 Waiting: 0 \n';
const reply = `HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\nConnection: close\r\n\r\n${page}`;

const targets = (url: string, timeout = '5s') => [
  { name: 'a', server: 'nginx', status_url: `${url}/s`, timeout, sampling: { interval: '0s' } },
];

const hurried = { 'x-prometheus-scrape-timeout-seconds': '0.0005' };

test('A18 a first scrape without time claims nothing about the server, and the next one shows it', async () => {
  const server = keep(
    await startHostileServer((socket) => setTimeout(() => socket.end(reply), 200)),
  );
  const { app, metrics } = await startInProcess({ targets: targets(server.url) });
  const { body } = await app.server.inject({ url: '/metrics', headers: hurried });
  expect(body).not.toContain('webserver_up{');
  expect((await metrics()).value('webserver_up', { target: 'a' })).toBe(1);
});

test('A19 a reload in the middle of a scrape is no failure of the server: its successor is polled', async () => {
  const server = keep(
    await startHostileServer((socket) => setTimeout(() => socket.end(reply), 300)),
  );
  const { metrics, reload } = await startInProcess({ targets: targets(server.url) });
  const answer = metrics();
  await expect.poll(server.connections).toBe(1);
  expect(await reload({ targets: targets(server.url, '4s') })).toEqual([]);
  expect((await answer).value('webserver_up', { target: 'a' })).toBe(1);
});

test('A19 a target that a reload removes in the middle of a scrape is not in its answer', async () => {
  const server = keep(await startHostileServer(() => undefined));
  const { metrics, reload } = await startInProcess({ targets: targets(server.url) });
  const answer = metrics();
  await expect.poll(server.connections).toBe(1);
  expect(await reload({ targets: [] })).toEqual([]);
  expect((await answer).samples('webserver_up')).toEqual([]);
});
