import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import Fastify from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { registerSlotEventsRoute } from '../../src/server/slot-events-route.ts';

const started: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.close();
});

async function start(renderBoardsEvent: () => string, maxStreams = 2) {
  const server = Fastify();
  started.push(server);
  registerSlotEventsRoute(server, { renderBoardsEvent }, { maxStreams, intervalMilliseconds: 5 });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const open = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      get(`${url}/slots/events`, resolve).on('error', reject);
    });
  return { server, open };
}

async function readUntil(stream: IncomingMessage, wanted: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    stream.on('data', (bytes: Buffer) => {
      text += String(bytes);
      if (wanted.test(text)) resolve(text);
    });
  });
}

test('/slots/events sends the boards at once and again when they change', async () => {
  let boards = 'first';
  const { open } = await start(() => boards);
  const stream = await open();
  expect(stream.headers['content-type']).toContain('text/event-stream');
  stream.once('data', () => {
    boards = 'second';
  });
  expect(await readUntil(stream, /second\n\n/)).toBe('data: first\n\ndata: second\n\n');
  stream.destroy();
});

test('/slots/events keeps a quiet stream alive without repeating the boards', async () => {
  const { open } = await start(() => 'same');
  const stream = await open();
  expect(await readUntil(stream, /alive\n\n/)).toBe('data: same\n\n: alive\n\n');
  stream.destroy();
});

test('/slots/events refuses more streams than its limit, and takes one when one has gone', async () => {
  const { open } = await start(() => 'x');
  const [first, second] = await Promise.all([open(), open()]);
  expect((await open()).statusCode).toBe(503);
  first.destroy();
  let again = await open();
  while (again.statusCode === 503) again = await open();
  expect(again.statusCode).toBe(200);
  for (const stream of [second, again]) stream.destroy();
});

test('D1 /slots/events HEAD requests take no place of a live page', async () => {
  const { server, open } = await start(() => 'x');
  for (let request = 0; request < 3; request++) {
    const { statusCode } = await server.inject({ method: 'HEAD', url: '/slots/events' });
    expect(statusCode).toBe(404);
  }
  const stream = await open();
  expect(stream.statusCode).toBe(200);
  stream.destroy();
});

test('/slots/events ends its streams when the server closes', async () => {
  const { server, open } = await start(() => 'x');
  const stream = await open();
  const ended = new Promise((resolve) => stream.resume().once('end', resolve));
  await server.close();
  await ended;
});

test('/slots/events keeps nothing for a reader that does not read, and then sends it the newest boards', async () => {
  let made = 0;
  const megabyte = 'x'.repeat(1024 * 1024);
  const { open } = await start(() => {
    made += 1;
    return `${made} ${megabyte}`;
  });
  const stalled = await open();
  const brisk = (await open()).resume();
  while (made < 60) await once(brisk, 'data');
  const newest = made;
  let received = 0;
  let text = '';
  for await (const bytes of stalled) {
    received += bytes.length;
    text = text.slice(-30) + String(bytes);
    if (Number(/data: (\d+) /.exec(text)?.[1]) >= newest) break;
  }
  // What it gets late has waited in the kernel's buffers of both sides, which end at some megabytes.
  expect(received).toBeLessThan(30 * megabyte.length);
  brisk.destroy();
});
