import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startDelayingProxy } from '../../bench/delaying-proxy.ts';
import { listenOnFreePort } from '../support/listen-on-free-port.ts';

async function startProxyToEcho() {
  const echo = createServer((socket) => socket.pipe(socket));
  const proxy = await startDelayingProxy({
    targetPort: await listenOnFreePort(echo),
    roundTripMilliseconds: 10,
  });
  onTestFinished(async () => {
    await proxy.stop();
    echo.close();
  });
  return proxy;
}

test('startDelayingProxy() passes on every byte in order, and the end, in both directions', async () => {
  const proxy = await startProxyToEcho();
  const sent = Array.from({ length: 50_000 }, (_, i) => `${i}\n`).join('');
  const socket = connect(proxy.port, '127.0.0.1');
  socket.end(sent);
  let received = '';
  socket.setEncoding('utf8').on('data', (text) => {
    received += text;
  });
  await once(socket, 'end');
  expect(received === sent).toBe(true);
  expect(proxy.connections()).toBe(1);
});
