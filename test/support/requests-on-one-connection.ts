import { Agent, request } from 'node:http';

export interface RequestsOptions {
  readonly url: string;
  readonly count: number;
  readonly method?: 'GET' | 'HEAD';
}

/** Asks one after the other on one kept-alive connection, and closes it. */
export async function requestsOnOneConnection({
  url,
  count,
  method = 'GET',
}: RequestsOptions): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < count; i++) {
    await new Promise<void>((resolve, reject) => {
      const sent = request(url, { agent, method }, (response) =>
        response.resume().on('end', resolve),
      );
      sent.on('error', reject).end();
    });
  }
  agent.destroy();
}
