import type { CheckLimits, KeepAlivePromise } from '../snapshot/keepalive-facts.ts';

/** The maximum load of a check, stated before it starts. */
export interface CheckBounds {
  readonly connections: number;
  readonly connectionsAtOnce: number;
  readonly requests: number;
  readonly seconds: number;
}

/** HTTP/1.1 and HTTP/1.0, each with and without the header. */
const plainConnections = 4;
/** One that resumes a TLS session, one for HTTP/2, and one that counts its requests. */
const tlsConnections = 3;
/** Requests on each of the short connections. */
const shortRequests = 2;
/** The first, the late one, and one after the server has closed. */
const waitRequests = 3;
/**
 * Consecutive steps, each with its own timeout, for which time is reserved. The check of a slower server ends
 * unfinished.
 */
const stepsInTurn = 8;

export function boundsOf(limits: CheckLimits, secure: boolean): CheckBounds {
  const waiting = limits.maxWaitSeconds > 0 ? limits.waiting : 0;
  const extra = secure ? tlsConnections : 0;
  return {
    connections: plainConnections + extra + waiting,
    // One that counts requests or is short, and those that wait; HTTP/2 waits, too.
    connectionsAtOnce: 2 + waiting + (secure ? 1 : 0),
    requests:
      limits.maxRequests * (secure ? 2 : 1) +
      (plainConnections + extra - (secure ? 2 : 1)) * shortRequests +
      waiting * waitRequests,
    seconds: limits.maxWaitSeconds + stepsInTurn * limits.timeoutSeconds,
  };
}

/** Half the precision of a timeout that only late requests show. */
const marginSeconds = 0.1;

/**
 * When each waiting connection sends its late request, in seconds of idle time. A server that closes with a FIN is
 * measured by its FIN. If a server drops connections silently, the requests just before and just after the promised
 * timeout show whether it keeps the promise; the other requests halve the remaining range.
 */
export function planLateRequests(
  { maxWaitSeconds, waiting }: Pick<CheckLimits, 'maxWaitSeconds' | 'waiting'>,
  promise: KeepAlivePromise | undefined,
): readonly number[] {
  if (maxWaitSeconds <= 0) return [];
  const promised = promise?.timeoutSeconds ?? 0;
  const around = [promised + marginSeconds, promised - marginSeconds];
  const halves = Array.from({ length: waiting }, (_, index) => maxWaitSeconds / 2 ** index);
  // Two connections without a late request before the end: they distinguish a timeout from random closes.
  const wanted = [
    maxWaitSeconds,
    ...(promised > 0 ? around : [maxWaitSeconds]),
    ...halves.slice(1),
  ];
  return wanted.filter((seconds) => seconds > 0 && seconds <= maxWaitSeconds).slice(0, waiting);
}
