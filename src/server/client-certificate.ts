import ipaddr from 'ipaddr.js';
import type { WebTlsConfig } from '../config/web-tls-config.ts';
import { err, ok, type Result } from '../result.ts';

/** What a TLS connection tells about the client's certificate. */
export interface PresentedCertificate {
  /** The chain leads to a trusted CA. */
  readonly verified: boolean;
  /** Node's rendering of the names: `DNS:a.example, IP Address:10.0.0.1`; absent when it has none. */
  readonly subjectAltName?: string;
}

/**
 * Go's client authentication policies, and exporter-toolkit's check of the names on top.
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
    return err('client certificate is signed by no trusted authority, or is out of date');
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
 * DNS, e-mail, IP and URI names out of Node's text form. Node writes a value with a comma or quote in it
 * as a JSON string since CVE-2021-44532, so that no name can pretend to be two.
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

/** Addresses as Go prints them; Node writes IPv6 in full and in capitals. Names stay as they are. */
function canonicalName(name: string): string {
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(name) || ipaddr.IPv6.isValid(name);
  return isAddress ? ipaddr.parse(name).toString() : name;
}
