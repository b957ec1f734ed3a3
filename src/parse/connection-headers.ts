import { present } from '../present.ts';
import type { KeepAlivePromise } from '../snapshot/keepalive-facts.ts';
import { parseCount } from './number.ts';

/** `Keep-Alive: timeout=5, max=99`, as Apache writes it; undefined without either parameter. */
export function parseKeepAlive(header: string | undefined): KeepAlivePromise | undefined {
  const timeoutSeconds = parameterOf(header, 'timeout');
  const requestsLeft = parameterOf(header, 'max');
  if (timeoutSeconds === undefined && requestsLeft === undefined) return undefined;
  return present({ timeoutSeconds, requestsLeft });
}

function parameterOf(header: string | undefined, name: string): number | undefined {
  for (const part of (header ?? '').split(',')) {
    const [key = '', value = ''] = part.split('=');
    if (key.trim().toLowerCase() === name) return parseCount(value.trim());
  }
  return undefined;
}

/** Whether a Connection header contains the token, in any case. */
export function hasToken(header: string | undefined, token: string): boolean {
  return (header ?? '').split(',').some((part) => part.trim().toLowerCase() === token);
}
