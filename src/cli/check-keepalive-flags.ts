import { isIP } from 'node:net';
import { parseDuration } from '../config/durations.ts';
import type { HttpConfig } from '../config/schema.ts';
import { present } from '../present.ts';
import { err, ok, type Result } from '../result.ts';
import type { CheckLimits } from '../snapshot/keepalive-facts.ts';
import {
  type CommandFlags,
  type CommandFlagTable,
  firstValues,
  outputFlag,
  type SingleFlags,
} from './command-flags.ts';

export const checkKeepaliveFlags = {
  'max-wait': {
    value: 'DURATION',
    default: '90s',
    help: 'Maximum wait for the server to close an idle connection; with 0s there is no wait.',
  },
  'max-requests': {
    value: 'N',
    default: '1001',
    help: 'Maximum number of requests on one connection.',
  },
  connections: { value: 'N', default: '4', help: 'Idle connections that wait at the same time.' },
  timeout: {
    value: 'DURATION',
    default: '10s',
    help: 'Timeout for connecting, for the TLS handshake and for each answer.',
  },
  resolve: { value: 'HOST=ADDRESS', help: 'Connect to this address for this host.' },
  'tls.ca-file': {
    value: 'FILE',
    help: 'Certificates (PEM) to trust instead of the system’s.',
  },
  'tls.server-name': { value: 'NAME', help: 'Name that the certificate must contain.' },
  'tls.insecure-skip-verify': { help: 'Accept any certificate.' },
  output: outputFlag,
} as const satisfies CommandFlagTable;

type KeepaliveFlags = CommandFlags<typeof checkKeepaliveFlags>;
type Values = SingleFlags<typeof checkKeepaliveFlags>;

/** The arguments of `check-keepalive`. */
export interface KeepaliveCommand {
  /** One or two: the URL for visitors, and the origin behind it. */
  readonly urls: readonly URL[];
  readonly http: HttpConfig;
  readonly limits: CheckLimits;
  readonly resolve?: { readonly host: string; readonly address: string };
}

const maximumWaitSeconds = 3600;
const maximumWaiting = 50;
const maximumRequests = 100_000;

export function parseKeepaliveCommand(
  flags: KeepaliveFlags,
  operands: readonly string[],
): Result<KeepaliveCommand, string> {
  const urls = parseUrls(operands);
  if (!urls.ok) return urls;
  const values = firstValues<typeof checkKeepaliveFlags>(flags);
  const limits = parseLimits(values);
  if (!limits.ok) return limits;
  const resolve = values.resolve === undefined ? undefined : parseResolve(values.resolve);
  if (values.resolve !== undefined && resolve === undefined) {
    return wrong(values, 'resolve', 'HOST=ADDRESS');
  }
  return ok({
    urls: urls.value,
    limits: limits.value,
    http: httpOf(values),
    ...present({ resolve }),
  });
}

function wrong(flags: Values, name: keyof Values, wanted: string): Result<never, string> {
  return err(`--${name}="${flags[name]}" is not valid: want ${wanted}`);
}

function parseUrls(operands: readonly string[]): Result<readonly URL[], string> {
  if (operands.length < 1 || operands.length > 2) {
    return err('give one URL, or two: the URL for visitors and the origin behind it');
  }
  const bad = operands.find((text) => !/^https?:\/\//i.test(text) || !URL.canParse(text));
  if (bad !== undefined) {
    return err(`"${bad}" is not valid: want http://HOST/PATH or https://HOST/PATH`);
  }
  const urls = operands.map((text) => new URL(text));
  return urls.some(({ username, password }) => username !== '' || password !== '')
    ? err('a URL with a user and password is not supported; check a page that needs none')
    : ok(urls);
}

function parseLimits(flags: Values): Result<CheckLimits, string> {
  const maxWait = parseDuration(flags['max-wait']);
  if (maxWait === undefined || maxWait > maximumWaitSeconds * 1000) {
    return wrong(flags, 'max-wait', `a duration up to ${maximumWaitSeconds / 60}m, such as 90s`);
  }
  const timeout = parseDuration(flags.timeout);
  if (timeout === undefined || timeout === 0 || timeout > maximumWaitSeconds * 1000) {
    return wrong(flags, 'timeout', 'a duration longer than 0, such as 10s');
  }
  const maxRequests = parseCountUpTo(flags['max-requests'], maximumRequests);
  if (maxRequests === undefined) return wrong(flags, 'max-requests', `1 to ${maximumRequests}`);
  const waiting = parseCountUpTo(flags.connections, maximumWaiting);
  if (waiting === undefined) return wrong(flags, 'connections', `1 to ${maximumWaiting}`);
  return ok({
    maxWaitSeconds: maxWait / 1000,
    timeoutSeconds: timeout / 1000,
    maxRequests,
    waiting,
  });
}

function parseCountUpTo(text: string, maximum: number): number | undefined {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= maximum ? count : undefined;
}

/** `shop.example=192.0.2.7`; the port stays that of the URL. */
function parseResolve(text: string): { host: string; address: string } | undefined {
  const [host = '', address = '', ...rest] = text.split('=');
  const bare = address.replaceAll(/^\[|\]$/g, '');
  if (host === '' || isIP(bare) === 0 || rest.length > 0) return undefined;
  return { host: host.toLowerCase(), address: bare };
}

function httpOf(flags: Values): HttpConfig {
  return {
    headers: {},
    tls: {
      insecure_skip_verify: flags['tls.insecure-skip-verify'] !== undefined,
      ...present({ ca_file: flags['tls.ca-file'], server_name: flags['tls.server-name'] }),
    },
  };
}
