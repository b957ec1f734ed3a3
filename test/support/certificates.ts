import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KeyPair {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of its own in `directory`, made by the openssl command. */
export function createAuthority(directory: string, name = 'ca') {
  const authority = pairAt(directory, name);
  openssl(['req', '-x509', ...newKey(authority), '-subj', `/CN=${name}`, '-days', '2']);
  return {
    file: authority.certFile,
    pem: readFileSync(authority.certFile, 'utf8'),
    /** @param sans such as `DNS:localhost,IP:127.0.0.1` */
    issue(subject: string, sans: string): KeyPair {
      const pair = pairAt(directory, subject);
      openssl([
        ...['req', '-x509', ...newKey(pair), '-subj', `/CN=${subject}`, '-days', '2'],
        ...['-CA', authority.certFile, '-CAkey', authority.keyFile],
        ...['-addext', `subjectAltName=${sans}`, '-addext', 'basicConstraints=CA:FALSE'],
      ]);
      return {
        ...pair,
        cert: readFileSync(pair.certFile, 'utf8'),
        key: readFileSync(pair.keyFile, 'utf8'),
      };
    },
  };
}

function pairAt(directory: string, name: string) {
  return { certFile: join(directory, `${name}.crt`), keyFile: join(directory, `${name}.key`) };
}

/** Elliptic keys take milliseconds to make, RSA keys whole seconds on a busy machine. */
function newKey({ certFile, keyFile }: { readonly certFile: string; readonly keyFile: string }) {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  return [...key, '-keyout', keyFile, '-out', certFile];
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
