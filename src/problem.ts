import type { ScrapeFailureResult } from './snapshot/scrape.ts';

interface ScrapeProblemRow {
  /** What happened, for docs/errors.md. */
  readonly meaning: string;
  /** What to do about it, unless the failure itself has a more precise remedy. */
  readonly remedy: string;
}

/** Every way a scrape of a status page can fail. docs/errors.md is generated from this table. */
export const scrapeProblems: Readonly<Record<ScrapeFailureResult, ScrapeProblemRow>> = {
  dns: {
    meaning: 'The name in status_url could not be resolved to an address in time.',
    remedy: 'check the host in status_url and the name servers of this machine',
  },
  refused: {
    meaning: 'Nothing listens on the address: the server is down, or the port is wrong.',
    remedy: 'start the server, or correct the port in status_url',
  },
  connect_timeout: {
    meaning:
      'No TCP connection was made in time: packets are dropped, or the accept queue is full.',
    remedy: 'check firewalls and network policies between exporter and server',
  },
  response_timeout: {
    meaning:
      'The connection was made, but no complete answer came in time: all workers are busy, or the server hangs.',
    remedy:
      'check the accept queue and the error log; with observation_lane the page stays readable',
  },
  reset: {
    meaning: 'The connection was reset before the answer was complete.',
    remedy: "read the server's error log; nginx does this when no worker connection is free",
  },
  empty_reply: {
    meaning: 'The connection was closed without any answer.',
    remedy: "read the server's error log; nginx does this when no worker connection is free",
  },
  tls: {
    meaning: 'The TLS handshake failed, or the certificate was not accepted.',
    remedy: 'set http.tls.ca_file or http.tls.server_name, or renew the certificate',
  },
  http_status: {
    meaning: 'The server answered with a status other than 200. Redirects are not followed.',
    remedy: 'allow the address of the exporter in the status location, or set http.basic_auth',
  },
  not_a_status_page: {
    meaning: 'The answer is not a status page of the configured kind of server.',
    remedy: 'open status_url with curl and compare',
  },
  too_large: {
    meaning:
      'The answer is larger than 1 MiB, in more than 16,384 pieces, or compressed although that was not requested.',
    remedy: 'point status_url at the status page itself',
  },
  other: {
    meaning:
      'Any other failure: no route, a missing unix socket, missing permission, invalid HTTP.',
    remedy: 'read the message; it quotes the error of the operating system',
  },
};
