import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';

export interface RequestsOptions {
  readonly url: string;
  readonly count: number;
  readonly method?: 'GET' | 'HEAD';
}

/**
 * Asks one after the other on one kept-alive connection, and closes it. Returns how many requests each connection took:
 * one figure, unless the server closed it in between, as a process of Apache does that ends gracefully.
 */
export async function requestsOnOneConnection({
  url,
  count,
  method = 'GET',
}: RequestsOptions): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const requests = new Map<Socket, number>();
  for (let i = 0; i < count; i++) {
    await new Promise<void>((resolve, reject) => {
      const sent = request(url, { agent, method }, (response) =>
        response.resume().on('end', resolve),
      );
      sent.on('socket', (socket) => requests.set(socket, (requests.get(socket) ?? 0) + 1));
      sent.on('error', reject).end();
    });
  }
  agent.destroy();
  return [...requests.values()];
}
