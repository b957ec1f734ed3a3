import { once } from 'node:events';
import { createServer } from 'node:http';

export interface ReceivedAlert {
  readonly name: string;
  readonly target: string;
  readonly status: 'firing' | 'resolved';
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly summary: string;
}

export interface WebhookReceiver {
  readonly url: string;
  /** In the order of arrival, with repetitions. */
  readonly received: readonly ReceivedAlert[];
  stop(): Promise<void>;
}

interface Notification {
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved';
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

/** Receives the pages and tickets of Alertmanager. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedAlert[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    for (const { status, labels, annotations } of (JSON.parse(body) as Notification).alerts) {
      const { alertname = '', target = '' } = labels;
      const summary = annotations['summary'] ?? '';
      received.push({ name: alertname, target, status, at: performance.now(), summary });
    }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  return {
    url: `http://127.0.0.1:${port}/`,
    received,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
