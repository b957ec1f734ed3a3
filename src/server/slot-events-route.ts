import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ServerPorts } from './ports.ts';

export interface SlotEventsOptions {
  readonly maxStreams?: number;
  readonly intervalMilliseconds?: number;
}

/** After so many ticks without a change a comment shows client and proxies that the stream is alive. */
const heartbeatTicks = 15;

/** A client with more unread data gets no events until it has read; the next event is then the newest state. */
const maxUnreadBytes = 64 * 1024;

/** `/slots/events`: the boards of the page as Server-Sent Events, one event a second while they change. */
export function registerSlotEventsRoute(
  server: FastifyInstance,
  ports: Pick<ServerPorts, 'renderBoardsEvent'>,
  { maxStreams = 20, intervalMilliseconds = 1000 }: SlotEventsOptions = {},
): void {
  const streams = new Map<Readable, { sent: string; quietTicks: number }>();
  let timer: NodeJS.Timeout | undefined;

  const tick = (): void => {
    const data = ports.renderBoardsEvent();
    for (const [stream, state] of streams) {
      if (stream.readableLength > maxUnreadBytes) continue;
      if (data !== state.sent) stream.push(`data: ${data}\n\n`);
      else if (state.quietTicks >= heartbeatTicks) stream.push(': alive\n\n');
      else {
        state.quietTicks += 1;
        continue;
      }
      Object.assign(state, { sent: data, quietTicks: 0 });
    }
  };

  const open = (): Readable => {
    const stream = new Readable({ read: () => undefined });
    streams.set(stream, { sent: '', quietTicks: 0 });
    stream.once('close', () => {
      streams.delete(stream);
      if (streams.size === 0) clearInterval(timer);
    });
    if (streams.size === 1) timer = setInterval(tick, intervalMilliseconds).unref();
    tick();
    return stream;
  };

  // Without this an open stream would keep the server from closing.
  server.addHook('preClose', async () => {
    for (const stream of streams.keys()) stream.push(null);
  });

  // Fastify would answer HEAD with a stream that never closes, and so keeps a place for ever.
  server.get('/slots/events', { exposeHeadRoute: false }, (_, reply) => {
    if (streams.size >= maxStreams) {
      return reply
        .code(503)
        .type('text/plain; charset=utf-8')
        .send(`more than ${maxStreams} live pages are open; this page refreshes more slowly\n`);
    }
    return reply
      .type('text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .header('connection', 'close')
      .send(open());
  });
}
