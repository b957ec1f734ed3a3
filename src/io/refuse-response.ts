import type { ScrapeFailure } from '../snapshot/scrape.ts';
import { scrapeFailure } from './fetch-failure.ts';

const remedyOfStatus: Readonly<Record<number, string>> = {
  401: 'set http.basic_auth or http.bearer_token_file for this target',
  403: 'allow the address of the exporter in the status location (Require ip, allow)',
  404: 'enable the status location (mod_status, stub_status), or correct the path in status_url',
  421: 'set http.host to the name of the virtual host that has the status location',
  503: 'a proxy or load balancer may answer in place of the server; point status_url at the server itself',
};

/** Checks the status and headers of a response. Returns a failure if its body is not to be read. */
export function refuseResponse(
  status: number,
  headers: { get(name: string): string | null },
): ScrapeFailure | undefined {
  if (status >= 300 && status < 400) {
    return scrapeFailure(
      'http_status',
      `HTTP status ${status} (a redirect; redirects are not followed)`,
      'point status_url at the final address',
    );
  }
  if (status !== 200) {
    return scrapeFailure('http_status', `HTTP status ${status}`, remedyOfStatus[status]);
  }
  const encoding = headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity') {
    return scrapeFailure(
      'too_large',
      'the answer is compressed although the request accepts only identity',
      'switch off compression for the status location',
    );
  }
  return undefined;
}
