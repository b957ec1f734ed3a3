import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SlowUpstream {
  readonly port: number;
  readonly url: string;
  /** Requests that have arrived and wait for their answer. */
  inFlight(): number;
  stop(): Promise<void>;
}

/** Answers 200 after `?ms=` milliseconds, so that whoever proxies to it is busy for that long. */
export async function startSlowUpstream(): Promise<SlowUpstream> {
  let inFlight = 0;
  const server = createServer((request, response) => {
    inFlight += 1;
    response.once('close', () => {
      inFlight -= 1;
    });
    answerLate(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port, url: `http://127.0.0.1:${port}`, inFlight: () => inFlight, stop };
}

function answerLate(request: IncomingMessage, response: ServerResponse): void {
  const { searchParams } = new URL(request.url ?? '/', 'http://upstream');
  const timer = setTimeout(() => response.end('late\n'), Number(searchParams.get('ms') ?? 0));
  response.once('close', () => clearTimeout(timer));
}
