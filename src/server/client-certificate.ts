import ipaddr from 'ipaddr.js';
import type { WebTlsConfig } from '../config/web-tls-config.ts';
import { err, ok, type Result } from '../result.ts';

/** The client's certificate, as a TLS connection presents it. */
export interface PresentedCertificate {
  /** The chain leads to a trusted CA. */
  readonly verified: boolean;
  /** Node's rendering of the names: `DNS:a.example, IP Address:10.0.0.1`; absent when it has none. */
  readonly subjectAltName?: string;
}

/**
 * Go's client authentication policies, and exporter-toolkit's additional check of the names.
 *
 * @param presented absent when the client sent no certificate
 */
export function checkClientCertificate(
  tls: Pick<WebTlsConfig, 'clientAuthType' | 'clientAllowedSans'>,
  presented: PresentedCertificate | undefined,
): Result<undefined, string> {
  const policy = tls.clientAuthType;
  if (policy === 'NoClientCert' || policy === 'RequestClientCert') return ok(undefined);
  if (presented === undefined) {
    return policy === 'VerifyClientCertIfGiven'
      ? ok(undefined)
      : err("client didn't provide a certificate");
  }
  if (policy !== 'RequireAnyClientCert' && !presented.verified) {
    return err('client certificate is not signed by a trusted authority, or has expired');
  }
  return checkNames(tls.clientAllowedSans, presented.subjectAltName);
}

function checkNames(
  allowed: readonly string[] | undefined,
  subjectAltName: string | undefined,
): Result<undefined, string> {
  if (allowed === undefined) return ok(undefined);
  const names = parseSubjectAltName(subjectAltName ?? '');
  const wanted = new Set(allowed.map(canonicalName));
  return names.some((name) => wanted.has(name))
    ? ok(undefined)
    : err('could not find allowed SANs in client cert');
}

/**
 * DNS, e-mail, IP and URI names from Node's text form. Since CVE-2021-44532 Node writes a value that contains a comma
 * or quote as a JSON string, so that one name cannot look like two.
 */
export function parseSubjectAltName(text: string): readonly string[] {
  const names: string[] = [];
  const entry = /(DNS|email|IP Address|URI|[^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/gy;
  for (const [, kind, value = ''] of text.matchAll(entry)) {
    if (kind === undefined || !['DNS', 'email', 'IP Address', 'URI'].includes(kind)) continue;
    names.push(canonicalName(value.startsWith('"') ? unquote(value) : value));
  }
  return names;
}

function unquote(value: string): string {
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}

/** Addresses in Go's form: Node writes IPv6 in full and in capitals. Names stay unchanged. */
function canonicalName(name: string): string {
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(name) || ipaddr.IPv6.isValid(name);
  return isAddress ? ipaddr.parse(name).toString() : name;
}
