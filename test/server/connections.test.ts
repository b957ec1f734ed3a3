import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectionsWithin, limitConnections } from '../../src/server/connections.ts';
import { createAuthority } from '../support/certificates.ts';
import { keepTempDirectory } from '../support/keep.ts';

const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

async function listening(server: Server) {
  const { destroyAll } = limitConnections(server, { maximum: 2, closing: 64 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    destroyAll();
    server.close();
  });
  const { port } = Object(server.address()) as { port: number };
  return async (): Promise<Socket> => {
    const accepted = once(server, 'connection');
    const client = connect(port, '127.0.0.1').on('error', () => undefined);
    onTestFinished(() => void client.destroy());
    await accepted;
    return client;
  };
}

async function isServed(client: Socket): Promise<boolean> {
  client.write(request);
  const served = once(client, 'data').then(() => true);
  return Promise.race([served, once(client, 'close').then(() => false)]);
}

describe('limitConnections()', () => {
  test('D1 a stranger who holds every connection idle blocks no other client: the one idle for longest is closed', async () => {
    const open = await listening(createServer((_, response) => response.end('x')));
    const [silent, talking] = [await open(), await open()];
    expect(await isServed(talking)).toBe(true);
    const closed = once(silent, 'close');
    expect(await isServed(await open())).toBe(true);
    await closed;
    expect(talking.closed).toBe(false);
    expect(await isServed(talking)).toBe(true);
  });

  test('D1 a connection with a request under way stays, and a new one is closed when all have one', async () => {
    const held: (() => void)[] = [];
    const server = createServer((_, response) => held.push(() => void response.end('x')));
    const open = await listening(server);
    const clients = [await open(), await open()];
    for (const client of clients) {
      client.write(request);
      await once(server, 'request');
    }
    expect(await isServed(await open())).toBe(false);
    const answers = clients.map((client) => once(client, 'data'));
    for (const answer of held) answer();
    await Promise.all(answers);
  });

  test('D1 a request under way over TLS keeps its connection, too', async () => {
    const { cert, key } = createAuthority(await keepTempDirectory('tls')).issue(
      'exporter',
      'IP:127.0.0.1',
    );
    let answer = (): void => undefined;
    const server = createHttpsServer({ cert, key }, (_, response) => {
      answer = () => void response.end('x');
    });
    const open = await listening(server);
    const secure = connectTls({ socket: await open(), rejectUnauthorized: false });
    secure.on('error', () => undefined);
    secure.write(request);
    await once(server, 'request');
    const silent = await open();
    const closed = once(silent, 'close');
    await open();
    await closed;
    const answered = once(secure, 'data');
    answer();
    await answered;
  });
});

describe('connectionsWithin()', () => {
  test('D1 the bound of connections follows the limit of open files', () => {
    expect(connectionsWithin()).toEqual({ maximum: 512, closing: 64 });
    expect(connectionsWithin(1_048_576)).toEqual({ maximum: 512, closing: 64 });
    expect(connectionsWithin(1024)).toEqual({ maximum: 303, closing: 38 });
    expect(connectionsWithin(64)).toEqual({ maximum: 18, closing: 3 });
    expect(connectionsWithin(0)).toEqual({ maximum: 1, closing: 0 });
  });
});
