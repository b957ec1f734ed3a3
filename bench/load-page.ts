import { Agent, type IncomingMessage, request } from 'node:http';
import { request as requestTls, Agent as TlsAgent } from 'node:https';

export interface PageLoadOptions {
  readonly url: URL;
  /** Paths that the page links to; fetched as soon as the page has arrived. */
  readonly objects: readonly string[];
  readonly connections: number;
}

/** Loads a page as a browser does, then its objects over a few parallel connections. @returns milliseconds */
export async function loadPage({ url, objects, connections }: PageLoadOptions): Promise<number> {
  const options = { keepAlive: true, maxSockets: connections, rejectUnauthorized: false };
  const agent = url.protocol === 'https:' ? new TlsAgent(options) : new Agent(options);
  const startedAt = performance.now();
  try {
    await get(url, agent);
    await Promise.all(objects.map((path) => get(new URL(path, url), agent)));
    return performance.now() - startedAt;
  } finally {
    agent.destroy();
  }
}

function get(url: URL, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage): void => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      response.on('error', reject).on('end', resolve).resume();
    };
    const send = url.protocol === 'https:' ? requestTls : request;
    send(url, { agent }, answered).on('error', reject).end();
  });
}
