import { isIP } from 'node:net';
import { parseDuration } from '../config/durations.ts';
import type { HttpConfig } from '../config/schema.ts';
import { err, ok, type Result } from '../result.ts';
import type { CheckLimits } from '../snapshot/keepalive-facts.ts';
import type { FlagName, Flags } from './flags.ts';

/** `check-keepalive` as it was asked for. */
export interface KeepaliveCommand {
  /** One or two: what visitors ask, and the origin behind it. */
  readonly urls: readonly URL[];
  readonly http: HttpConfig;
  readonly limits: CheckLimits;
  readonly resolve?: { readonly host: string; readonly address: string };
  readonly output: 'text' | 'json';
}

const longestWaitSeconds = 3600;
const mostWaiting = 50;
const mostRequests = 100_000;

export function parseKeepaliveCommand(
  flags: Flags,
  operands: readonly string[],
): Result<KeepaliveCommand, string> {
  const urls = parseUrls(operands);
  if (!urls.ok) return urls;
  const output = flags.output ?? 'text';
  if (output !== 'text' && output !== 'json') return wrong(flags, 'output', 'text or json');
  const limits = parseLimits(flags);
  if (!limits.ok) return limits;
  const resolve = flags.resolve === undefined ? undefined : parseResolve(flags.resolve);
  if (flags.resolve !== undefined && resolve === undefined) {
    return wrong(flags, 'resolve', 'HOST=ADDRESS');
  }
  return ok({
    urls: urls.value,
    output,
    limits: limits.value,
    http: httpOf(flags),
    ...(resolve === undefined ? {} : { resolve }),
  });
}

function wrong(flags: Flags, name: FlagName, wanted: string): Result<never, string> {
  return err(`--${name}="${flags[name]}" is not valid: want ${wanted}`);
}

function parseUrls(operands: readonly string[]): Result<readonly URL[], string> {
  if (operands.length < 1 || operands.length > 2) {
    return err('check-keepalive needs one URL, or two: what visitors ask and the origin behind it');
  }
  const bad = operands.find((text) => !isWebUrl(text));
  return bad === undefined
    ? ok(operands.map((text) => new URL(text)))
    : err(`"${bad}" is not valid: want http://HOST/PATH or https://HOST/PATH`);
}

function isWebUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

function parseLimits(flags: Flags): Result<CheckLimits, string> {
  const maxWait = parseDuration(flags['max-wait'] ?? '');
  if (maxWait === undefined || maxWait > longestWaitSeconds * 1000) {
    return wrong(flags, 'max-wait', `a duration up to ${longestWaitSeconds / 60}m, such as 90s`);
  }
  const timeout = parseDuration(flags.timeout ?? '');
  if (timeout === undefined || timeout === 0 || timeout > longestWaitSeconds * 1000) {
    return wrong(flags, 'timeout', 'a duration longer than 0, such as 10s');
  }
  const maxRequests = parseCountUpTo(flags['max-requests'], mostRequests);
  if (maxRequests === undefined) return wrong(flags, 'max-requests', `1 to ${mostRequests}`);
  const waiting = parseCountUpTo(flags.connections, mostWaiting);
  if (waiting === undefined) return wrong(flags, 'connections', `1 to ${mostWaiting}`);
  return ok({
    maxWaitSeconds: maxWait / 1000,
    timeoutSeconds: timeout / 1000,
    maxRequests,
    waiting,
  });
}

function parseCountUpTo(text: string | undefined, most: number): number | undefined {
  const count = /^\d{1,9}$/.test(text ?? '') ? Number(text) : 0;
  return count >= 1 && count <= most ? count : undefined;
}

/** `shop.example=192.0.2.7`; the port stays that of the URL. */
function parseResolve(text: string): { host: string; address: string } | undefined {
  const [host = '', address = '', ...rest] = text.split('=');
  const bare = address.replaceAll(/^\[|\]$/g, '');
  if (host === '' || isIP(bare) === 0 || rest.length > 0) return undefined;
  return { host: host.toLowerCase(), address: bare };
}

function httpOf(flags: Flags): HttpConfig {
  const caFile = flags['tls.ca-file'];
  const serverName = flags['tls.server-name'];
  return {
    headers: {},
    tls: {
      insecure_skip_verify: flags['tls.insecure-skip-verify'] !== undefined,
      ...(caFile === undefined ? {} : { ca_file: caFile }),
      ...(serverName === undefined ? {} : { server_name: serverName }),
    },
  };
}
