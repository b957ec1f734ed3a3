import ipaddr from 'ipaddr.js';
import { err, ok, type Result } from '../result.ts';
import type { ProbeConfig, ProbeModule } from './schema.ts';

/** A request to /probe that is not carried out. 400: malformed; 403: not allowed. */
export interface ProbeRefusal {
  readonly status: 400 | 403;
  readonly reason: string;
}

const defaultPorts: readonly number[] = [80, 443];

/** Cloud metadata services outside the link-local ranges: AWS over IPv6, Alibaba, Oracle. */
const metadataAddresses = new Set(['fd00:ec2::254', '100.100.100.200', '192.0.0.192']);

/** Address ranges that are never probed. Link-local contains the metadata services of most clouds. */
const forbiddenRanges = new Set<string>([
  'linkLocal',
  'multicast',
  'broadcast',
  'unspecified',
  // These contain an IPv4 address that a gateway connects to instead; web servers do not use them.
  '6to4',
  'teredo',
  'rfc6145',
  'rfc6052',
]);

/** NAT64 (RFC 6052), for IPv4 servers of a cluster without IPv4. The last four bytes are the address of the server. */
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** The module of that name. Own properties only: a client may ask for `constructor`. */
export function findModule(
  { modules }: Pick<ProbeConfig, 'modules'>,
  name = '',
): ProbeModule | undefined {
  return Object.hasOwn(modules, name) ? modules[name] : undefined;
}

/**
 * The URL that a probe requests. `target` is a host, `host:port`, or an http(s) URL; without a URL the path is that of
 * the module.
 */
export function probeUrl(target: string, module: ProbeModule): Result<URL, ProbeRefusal> {
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(target);
  const text = isUrl ? target : `${module.scheme}://${target}${module.path}`;
  const wellFormed = isUrl || /^[\w.:[\]-]+$/.test(target);
  if (target.length > 2048 || !wellFormed || !URL.canParse(text)) {
    return malformed('target is not valid: want HOST, HOST:PORT or http://HOST/PATH');
  }
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return malformed(`scheme "${url.protocol}" is not probed; use http or https`);
  }
  if (url.username !== '' || url.password !== '') {
    return malformed('target must not contain credentials; put them in the module');
  }
  return ok(url);
}

function malformed(reason: string): Result<never, ProbeRefusal> {
  return err({ status: 400, reason });
}

/**
 * Whether to resolve the name of a URL: only when a rule could allow its addresses. Clients must not be able to make
 * the exporter resolve arbitrary names.
 */
export function admitLookup(url: URL, allow: ProbeConfig['allow']): ProbeRefusal | undefined {
  const host = hostOf(url);
  // An address needs no lookup.
  if (ipaddr.isValid(host)) return admitProbe(url, [host], allow);
  const possible = rulesFor(url, allow).some(
    (rule) => rule.cidr !== undefined || matchesRule(host, rule),
  );
  return possible ? undefined : notAllowed(url);
}

/**
 * Whether the resolved addresses of a URL may be probed. All of them must be allowed, since the connection may go to
 * any of them.
 */
export function admitProbe(
  url: URL,
  addresses: readonly string[],
  allow: ProbeConfig['allow'],
): ProbeRefusal | undefined {
  const refused = addresses.find(isForbidden);
  if (refused !== undefined) {
    return {
      status: 403,
      reason: `address ${refused} is never probed: it is link-local, multicast, a metadata service or a route to one`,
    };
  }
  const rules = rulesFor(url, allow);
  const byHost = rules.some((rule) => matchesRule(hostOf(url), rule));
  const cidrs = rules.flatMap(({ cidr }) => (cidr === undefined ? [] : [cidr]));
  const byAddress =
    addresses.length > 0 &&
    addresses.every((address) => cidrs.some((cidr) => contains(cidr, address)));
  return byHost || byAddress ? undefined : notAllowed(url);
}

function notAllowed(url: URL): ProbeRefusal {
  return {
    status: 403,
    reason: `"${hostOf(url)}" port ${portOf(url)} is not in probe.allow of the configuration`,
  };
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

function portOf(url: URL): number {
  return Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
}

type AllowRule = ProbeConfig['allow'][number];

function rulesFor(url: URL, allow: ProbeConfig['allow']): readonly AllowRule[] {
  return allow.filter(({ ports }) => (ports ?? defaultPorts).includes(portOf(url)));
}

function matchesRule(host: string, rule: AllowRule): boolean {
  return rule.host !== undefined && matchesHost(host, rule.host);
}

/** `*.internal` matches any subdomain of internal, not internal itself. */
function matchesHost(host: string, pattern: string): boolean {
  const wanted = pattern.toLowerCase();
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) : host === wanted;
}

function isForbidden(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  const parsed = connectedTo(ipaddr.process(address));
  return forbiddenRanges.has(parsed.range()) || metadataAddresses.has(parsed.toString());
}

/** The address that a connection reaches. Addresses with another translation prefix than NAT64's are refused as they are. */
function connectedTo(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (!(address instanceof ipaddr.IPv6) || !address.match(nat64)) return address;
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}

/** IPv4-mapped IPv6 addresses are compared as IPv4. */
function contains(cidr: string, address: string): boolean {
  const [network, bits] = ipaddr.parseCIDR(cidr);
  const parsed = ipaddr.process(address);
  return parsed.kind() === network.kind() && parsed.match(network, bits);
}
