import type { ScrapeFailure } from '../snapshot/scrape.ts';
import { scrapeFailure } from './fetch-failure.ts';

const remedyOfStatus: Readonly<Record<number, string>> = {
  401: 'set http.basic_auth or http.bearer_token_file for this target',
  403: 'allow the address of the exporter in the status location (Require ip, allow)',
  404: 'enable the status location (mod_status, stub_status), or correct the path in status_url',
  421: 'set http.host to the name of the virtual host that has the status location',
  503: 'the status location is behind something that is out of service; point status_url at the server itself',
};

/** Why a response is not read any further, if so. Its headers have arrived, its body has not. */
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
      'the answer is compressed although identity was asked for',
      'switch compression off for the status location',
    );
  }
  return undefined;
}
