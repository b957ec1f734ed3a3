import { expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { createHoldersSource } from '../../src/pipeline/holders-source.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { keep } from '../support/keep.ts';

test('createHoldersSource() does not delay a poll when the HTML page never comes', async () => {
  const silent = keep(await startHostileServer(() => undefined));
  const statusUrl = `${silent.url}/server-status?auto`;
  const { targets } = configSchema.parse({
    targets: [{ name: 'a', server: 'apache', status_url: statusUrl }],
  });
  const http = targets[0]?.http;
  if (http === undefined) throw new Error('no target');
  const read = createHoldersSource({
    statusUrl,
    http,
    resolveName: () => Promise.resolve(['127.0.0.1']),
    // Longer than the test may run: who waits for the page fails here.
    timeoutMilliseconds: 60_000,
    intervalMilliseconds: 1000,
    maskClients: false,
  });
  expect(await read()).toBeUndefined();
});
