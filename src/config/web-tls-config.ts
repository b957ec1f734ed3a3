import * as z from 'zod';
import { keysOf } from '../parse/record-of.ts';
import { present } from '../present.ts';
import { flag, section, text } from './go-yaml.ts';
import {
  type CipherSuite,
  type ClientAuthType,
  type Curve,
  cipherSuites,
  clientAuthTypes,
  curves,
  type TlsVersion,
  tlsVersions,
} from './tls-names.ts';

export interface WebTlsConfig {
  readonly cert: PemSource;
  readonly key: PemSource;
  readonly clientCa?: PemSource;
  readonly clientAuthType: ClientAuthType;
  /** Absent: any name is accepted. */
  readonly clientAllowedSans?: readonly string[];
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** Empty: Node's defaults. */
  readonly cipherSuites: readonly CipherSuite[];
  readonly preferServerCipherSuites: boolean;
  /** Empty: Node's defaults. */
  readonly curvePreferences: readonly Curve[];
}

/** PEM text in the web config, or a file; a relative path starts at the directory of the web config. */
export type PemSource =
  | { readonly kind: 'inline'; readonly pem: string }
  | { readonly kind: 'file'; readonly path: string };

function nameOf<const T extends string>(kind: string, names: readonly T[]) {
  return z.enum(names, {
    error: ({ input }) => `unknown ${kind}: ${String(input)}; write one of ${names.join(', ')}`,
  });
}

const version = nameOf('TLS version', keysOf(tlsVersions));

const clientAuthType = z
  .union([z.enum(clientAuthTypes), z.literal(['RequireClientCert', ''])], {
    error: ({ input }) => `invalid ClientAuth: ${String(input)}`,
  })
  .transform((name): ClientAuthType => {
    // The first is exporter-toolkit's alias for older files; the second is Go's zero value.
    if (name === 'RequireClientCert') return 'RequireAnyClientCert';
    return name === '' ? 'NoClientCert' : name;
  });

/** The section tls_server_config; `undefined` when it does not turn TLS on. */
export const webTlsSchema = section({
  cert: text.optional(),
  key: text.optional(),
  client_ca: text.optional(),
  cert_file: text.optional(),
  key_file: text.optional(),
  client_ca_file: text.optional(),
  client_auth_type: clientAuthType.optional(),
  client_allowed_sans: z.array(text).optional(),
  min_version: version.default('TLS12'),
  max_version: version.default('TLS13'),
  cipher_suites: z.array(nameOf('cipher', keysOf(cipherSuites))).default([]),
  prefer_server_cipher_suites: flag.default(true),
  curve_preferences: z.array(nameOf('curve', keysOf(curves))).default([]),
})
  .superRefine((tls, context) => {
    for (const message of tlsProblems(tls)) context.addIssue({ code: 'custom', message });
  })
  .transform(toTls);

interface TlsSection {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly client_ca?: string | undefined;
  readonly cert_file?: string | undefined;
  readonly key_file?: string | undefined;
  readonly client_ca_file?: string | undefined;
  readonly client_auth_type?: ClientAuthType | undefined;
  readonly client_allowed_sans?: readonly string[] | undefined;
  readonly min_version: TlsVersion;
  readonly max_version: TlsVersion;
  readonly cipher_suites: readonly CipherSuite[];
  readonly prefer_server_cipher_suites: boolean;
  readonly curve_preferences: readonly Curve[];
}

/** Each message begins like exporter-toolkit's own, so that a search for it finds existing threads. */
function tlsProblems(tls: TlsSection): readonly string[] {
  if (!isTlsEnabled(tls)) return [];
  const auth = tls.client_auth_type ?? 'NoClientCert';
  const found: string[] = [];
  if (!tls.cert_file && !tls.cert) found.push('missing one of cert or cert_file');
  if (!tls.key_file && !tls.key) found.push('missing one of key or key_file');
  if ((tls.client_ca_file || tls.client_ca) && auth === 'NoClientCert') {
    found.push("client CA's have been configured without a Client Auth Policy");
  }
  if (tls.client_allowed_sans !== undefined && !requiresCertificate(auth)) {
    found.push(
      'client_allowed_sans requires client_auth_type to be one of RequireAnyClientCert or RequireAndVerifyClientCert',
    );
  }
  if (tls.client_allowed_sans?.length === 0) {
    found.push('client_allowed_sans is empty, which refuses every client; remove it');
  }
  if (tlsVersions[tls.min_version] > tlsVersions[tls.max_version]) {
    found.push('min_version is above max_version');
  }
  return found;
}

function requiresCertificate(auth: ClientAuthType): boolean {
  return auth === 'RequireAnyClientCert' || auth === 'RequireAndVerifyClientCert';
}

/** As in exporter-toolkit, versions and ciphers alone do not turn TLS on. */
function isTlsEnabled(tls: TlsSection): boolean {
  const { cert, key, client_ca, cert_file, key_file, client_ca_file, client_auth_type } = tls;
  const set = [cert, key, client_ca, cert_file, key_file, client_ca_file, client_auth_type];
  return set.some((value) => value !== undefined && value !== '');
}

function toTls(tls: TlsSection): WebTlsConfig | undefined {
  const cert = pemSource(tls.cert_file, tls.cert);
  const key = pemSource(tls.key_file, tls.key);
  if (cert === undefined || key === undefined) return undefined;
  const clientCa = pemSource(tls.client_ca_file, tls.client_ca);
  return {
    cert,
    key,
    ...present({ clientCa, clientAllowedSans: tls.client_allowed_sans }),
    clientAuthType: tls.client_auth_type ?? 'NoClientCert',
    minVersion: tls.min_version,
    maxVersion: tls.max_version,
    cipherSuites: tls.cipher_suites,
    preferServerCipherSuites: tls.prefer_server_cipher_suites,
    curvePreferences: tls.curve_preferences,
  };
}

/** Like exporter-toolkit, prefers a file to inline text. */
function pemSource(path: string | undefined, pem: string | undefined): PemSource | undefined {
  if (path) return { kind: 'file', path };
  return pem ? { kind: 'inline', pem } : undefined;
}
