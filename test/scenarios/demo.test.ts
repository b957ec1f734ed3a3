import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseExposition } from '../support/exposition.ts';
import { findFreePort } from '../support/free-port.ts';
import { answersOk, httpGet } from '../support/http-get.ts';
import { keep } from '../support/keep.ts';
import { startProcess } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

test.each([
  { servers: 'simulated', flags: [], names: ['simulated-apache-prefork', 'simulated-nginx'] },
  { servers: 'real', flags: ['--real'], names: ['apache-prefork', 'nginx'] },
])('demo shows $servers servers filling up, and ends with a summary', async ({ flags, names }) => {
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const demo = keep(
    await startProcess({
      command: process.execPath,
      args: [main, 'demo', `--web.listen-address=${new URL(url).host}`, ...flags],
      isReady: () => answersOk(`${url}/-/ready`),
    }),
  );
  await waitUntil({
    until: 'keep-alive clients hold slots of both servers',
    holds: async () => {
      const held = parseExposition((await httpGet(`${url}/metrics`)).body).samples(
        'webserver_slots',
        {
          state: 'keepalive',
        },
      );
      return held.length === 2 && held.every(({ value }) => value > 0);
    },
  });
  const page = await httpGet(`${url}/`);
  for (const name of names) expect(page.body).toContain(name);
  // Nobody scrapes the demo: the page itself has the kernel read, and the next one shows what came of it.
  await waitUntil({
    until: 'both boards show how long the oldest client has been idle',
    holds: async () => (await httpGet(`${url}/`)).body.split('Oldest: ').length === 3,
  });
  const idle = parseExposition((await httpGet(`${url}/metrics`)).body).samples(
    'webserver_connections',
    { activity: 'idle' },
  );
  // One port for each server, although a single process holds those of the simulation and the exporter's own.
  expect(idle).toHaveLength(2);
  demo.signal('SIGINT', 'parent');
  await waitUntil({ until: 'the demo has ended', holds: () => !demo.isRunning() });
  expect(demo.output()).toMatch(/target +up +keep-alive +limit +occupancy +saturation/);
  for (const name of names) expect(demo.output()).toMatch(new RegExp(`^${name} +1 `, 'm'));
});

test('demo --seconds serves metrics at the address it prints, and ends by itself', async () => {
  const demo = keep(
    await startProcess({
      command: process.execPath,
      args: [main, 'demo', '--seconds=12', '--web.listen-address=127.0.0.1:0'],
      isReady: (output) => output.includes('Ends by itself'),
    }),
  );
  const url = /metrics +(http:\/\/127\.0\.0\.1:[1-9]\d*\/metrics)/.exec(demo.output())?.[1] ?? '';
  const up = parseExposition((await httpGet(url)).body).samples('webserver_up', {});
  expect(up.map(({ value }) => value)).toEqual([1, 1]);
  await waitUntil({ until: 'the demo has ended', holds: () => !demo.isRunning() });
  expect(demo.output()).toMatch(/^simulated-nginx +1 +\d+ +128 /m);
});
