import { Agent, get } from 'node:http';

export interface RequestsOptions {
  readonly url: string;
  readonly count: number;
  readonly agent?: Agent;
}

/** Asks one after the other on one kept-alive connection, and closes it. */
export async function requestsOnOneConnection({
  url,
  count,
  agent = new Agent({ keepAlive: true, maxSockets: 1 }),
}: RequestsOptions): Promise<void> {
  for (let i = 0; i < count; i++) {
    await new Promise<void>((resolve, reject) => {
      get(url, { agent }, (response) => response.resume().on('end', resolve)).on('error', reject);
    });
  }
  agent.destroy();
}
