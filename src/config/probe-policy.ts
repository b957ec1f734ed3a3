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

/** Ranges no web server is probed in; link-local holds the metadata services of most clouds. */
const forbiddenRanges = new Set(['linkLocal', 'multicast', 'broadcast', 'unspecified']);

/**
 * The URL a probe asks for: `target` is a host, `host:port`, or a whole http(s) URL.
 * The path of a bare host is the module's.
 */
export function probeUrl(target: string, module: ProbeModule): Result<URL, ProbeRefusal> {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(target)
    ? target
    : `${module.scheme}://${target}${module.path}`;
  if (target.length > 2048 || !URL.canParse(text)) return malformed('target is no host and no URL');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return malformed(`scheme "${url.protocol}" is not probed; use http or https`);
  }
  if (url.username !== '' || url.password !== '') {
    return malformed('credentials in the target are refused; put them into the module');
  }
  return ok(url);
}

function malformed(reason: string): Result<never, ProbeRefusal> {
  return err({ status: 400, reason });
}

/**
 * Whether the resolved addresses of a URL may be probed. Every address must pass, since any of them may be
 * connected to.
 */
export function admitProbe(
  url: URL,
  addresses: readonly string[],
  allow: ProbeConfig['allow'],
): ProbeRefusal | undefined {
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const refused = addresses.find(isForbidden);
  if (refused !== undefined) {
    return {
      status: 403,
      reason: `address ${refused} is link-local, multicast or a metadata service`,
    };
  }
  const rules = allow.filter(({ ports }) => (ports ?? defaultPorts).includes(port));
  const byHost = rules.some((rule) => rule.host !== undefined && matchesHost(host, rule.host));
  const cidrs = rules.flatMap(({ cidr }) => (cidr === undefined ? [] : [cidr]));
  const byAddress =
    addresses.length > 0 &&
    addresses.every((address) => cidrs.some((cidr) => contains(cidr, address)));
  if (byHost || byAddress) return undefined;
  return {
    status: 403,
    reason: `"${host}" port ${port} is not in probe.allow of the configuration`,
  };
}

/** `*.internal` matches any subdomain of internal, not internal itself. */
function matchesHost(host: string, pattern: string): boolean {
  const wanted = pattern.toLowerCase();
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) : host === wanted;
}

function isForbidden(address: string): boolean {
  if (!ipaddr.isValid(address)) return true;
  const parsed = ipaddr.process(address);
  return forbiddenRanges.has(parsed.range()) || metadataAddresses.has(parsed.toString());
}

/** IPv4-mapped IPv6 addresses are compared as IPv4. */
function contains(cidr: string, address: string): boolean {
  const [network, bits] = ipaddr.parseCIDR(cidr);
  const parsed = ipaddr.process(address);
  return parsed.kind() === network.kind() && parsed.match(network, bits);
}
