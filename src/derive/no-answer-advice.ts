import type { ExchangeOutcome, KeepaliveFailure } from '../snapshot/keepalive-facts.ts';

const curl = 'check address, port and scheme with curl -v';

const full =
  'the connection was accepted, but no worker answered: the server may be full, so check its status page and error log';

/**
 * What to do when a URL has no answer. A full server does not answer a TLS handshake either, so only an error of TLS
 * points to certificates.
 */
export function adviseNoAnswer(failure: KeepaliveFailure, url: string): string {
  switch (failure.kind) {
    case 'material':
      return 'check the file of --tls.ca-file (tls.ca_file) and the headers of the module';
    case 'first_request':
      return adviseFirstRequest(failure.outcome, url);
    case 'connect':
      break;
  }
  switch (failure.result) {
    case 'dns':
      return 'check the name, or give its address with --resolve=HOST=ADDRESS';
    case 'refused':
      return 'check that the server runs and listens on this address and port';
    case 'connect_timeout':
      return 'check the address and the firewalls in between; a full accept queue looks the same';
    case 'response_timeout':
      return full;
    case 'tls':
      return adviseTls(failure.message);
    default:
      return curl;
  }
}

function adviseFirstRequest({ kind }: ExchangeOutcome, url: string): string {
  if (kind === 'timeout') return full;
  const isPlain = url.startsWith('http:');
  if (kind === 'closed' || kind === 'reset') {
    return `check the error log of the server${isPlain ? ', and whether this port wants https' : ''}`;
  }
  return curl;
}

const anyCertificate = 'or accept any certificate with --tls.insecure-skip-verify';

function adviseTls(message: string): string {
  if (/wrong version|http request|packet length/i.test(message)) {
    return 'this port does not answer with TLS: try http://, or another port';
  }
  if (/does not match|altnames/i.test(message)) {
    return `the certificate is for other names: check the name, give that of the certificate with --tls.server-name, ${anyCertificate}`;
  }
  if (/expired|not yet valid/i.test(message)) {
    return `the certificate has expired or is not valid yet: renew it, check the clock of this machine, ${anyCertificate}`;
  }
  return `name the CA with --tls.ca-file, ${anyCertificate}`;
}
