import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** A process that answers every connection with one recorded status page, and sends its port to its parent. */
const page = readFileSync(new URL('../test/fixtures/apache-2.4.62-event.txt', import.meta.url));
const head = `HTTP/1.1 200 OK\r\nContent-Length: ${page.length}\r\nConnection: close\r\n\r\n`;
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', () => socket.end(Buffer.concat([Buffer.from(head), page])));
});
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as { port: number }).port);
});
