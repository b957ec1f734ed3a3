import { type IncomingHttpHeaders, request } from 'node:http';

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly method?: string;
}

/**
 * One request on one connection, closed afterwards: the global fetch would keep its connection alive, and so hold
 * one of the very slots that the scenarios count.
 */
export function httpGet(url: string, options: GetOptions = {}): Promise<HttpResponse> {
  const { headers = {}, timeoutMs = 60_000, method = 'GET' } = options;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const sent = request(url, { agent: false, headers, method, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Whether a GET of the address is answered with 200; refused, hanging and failing servers are "not yet". */
export async function answersOk(url: string): Promise<boolean> {
  try {
    return (await httpGet(url, { timeoutMs: 10_000 })).status === 200;
  } catch {
    return false;
  }
}
