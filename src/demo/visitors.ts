import { connect, type Socket } from 'node:net';

export interface VisitorsOptions {
  readonly port: number;
  /** Visitors at the peak of the wave. */
  readonly maximum: number;
  readonly periodMilliseconds: number;
}

export interface Visitors {
  stop(): void;
}

const stepMilliseconds = 250;

/**
 * Clients that request a page from time to time and stay connected in between. Their number rises and falls, which
 * fills and frees keep-alive slots.
 */
export function startVisitors({ port, maximum, periodMilliseconds }: VisitorsOptions): Visitors {
  const sockets: Socket[] = [];
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const phase = ((performance.now() - startedAt) / periodMilliseconds) * 2 * Math.PI;
    const wanted = Math.round((maximum * (1 - Math.cos(phase))) / 2);
    while (sockets.length > wanted) sockets.shift()?.destroy();
    // Before new ones connect, which send a request at once: two requests in one piece would be read as one.
    for (const socket of sockets) if (Math.random() < 0.08) ask(socket);
    for (let missing = wanted - sockets.length; missing > 0; missing--) sockets.push(arrive());
  }, stepMilliseconds);

  const arrive = (): Socket => {
    const socket = connect({ port, host: '127.0.0.1' });
    const leave = () => {
      const place = sockets.indexOf(socket);
      if (place !== -1) sockets.splice(place, 1);
    };
    socket.on('error', leave).on('close', leave).resume();
    ask(socket);
    return socket;
  };

  return {
    stop() {
      clearInterval(timer);
      for (const socket of sockets.splice(0)) socket.destroy();
    },
  };
}

function ask(socket: Socket): void {
  if (!socket.writable) return;
  socket.write('GET / HTTP/1.1\r\nHost: demo\r\nConnection: keep-alive\r\n\r\n');
}
