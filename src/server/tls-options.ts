import type { SecureContextOptions } from 'node:tls';
import { cipherSuites, curves, tlsVersions } from '../config/tls-names.ts';
import type { PemSource, WebTlsConfig } from '../config/web-tls-config.ts';
import { present } from '../present.ts';

/** The contents of the certificates and keys of a web config. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string;
}

/**
 * Reads the certificates and keys of a web config.
 *
 * @throws for an empty file, which a renewal on a full disk leaves: Node.js takes it for no certificate at all, and an
 * empty list of authorities for the public ones
 */
export function readTlsMaterial(
  tls: WebTlsConfig,
  readPem: (source: PemSource) => string,
): TlsMaterial {
  const read = (name: string, source: PemSource): string => {
    const pem = readPem(source);
    if (pem.trim() === '') throw new Error(`${name} is empty`);
    return pem;
  };
  return {
    cert: read('the certificate', tls.cert),
    key: read('the key', tls.key),
    ...present({ clientCa: tls.clientCa && read('the list of client authorities', tls.clientCa) }),
  };
}

/** Options of a secure context. OpenSSL's security level stays: TLS10 and TLS11 need ciphers that it still allows. */
export function buildTlsOptions(tls: WebTlsConfig, material: TlsMaterial): SecureContextOptions {
  return {
    cert: material.cert,
    key: material.key,
    minVersion: tlsVersions[tls.minVersion],
    maxVersion: tlsVersions[tls.maxVersion],
    honorCipherOrder: tls.preferServerCipherSuites,
    ...present({
      ca: material.clientCa,
      ciphers: tls.cipherSuites.length === 0 ? undefined : cipherList(tls),
      ecdhCurve: tls.curvePreferences.map((name) => curves[name]).join(':') || undefined,
    }),
  };
}

/** Go always keeps the suites of TLS 1.3. In Node a list without them would turn TLS 1.3 off, so they are added. */
function cipherList(tls: WebTlsConfig): string {
  const ofTls13 = Object.values(cipherSuites).filter((name) => name.startsWith('TLS_'));
  const listed = tls.cipherSuites.map((name) => cipherSuites[name]);
  return [...new Set([...ofTls13, ...listed])].join(':');
}

/** Whether the server asks for a client certificate at all. */
export function asksForCertificate(tls: WebTlsConfig): boolean {
  return tls.clientAuthType !== 'NoClientCert';
}
