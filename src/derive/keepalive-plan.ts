import type { CheckLimits, KeepAlivePromise } from '../snapshot/keepalive-facts.ts';

/** What a check may cost the server, stated before it starts. */
export interface CheckBounds {
  readonly connections: number;
  readonly connectionsAtOnce: number;
  readonly requests: number;
  readonly seconds: number;
}

/** HTTP/1.1 asked and unasked, HTTP/1.0 asked and unasked. */
const plainConnections = 4;
/** One with the TLS session of another, one for HTTP/2. */
const tlsConnections = 2;
/** Requests on each of the short connections. */
const shortRequests = 2;
/** The first, the late one, and one after the server has closed. */
const waitRequests = 3;
/** Steps in turn, each with a timeout of its own, for which time is left; a slower server is left unfinished. */
const stepsInTurn = 8;

export function boundsOf(limits: CheckLimits, secure: boolean): CheckBounds {
  const waiting = limits.maxWaitSeconds > 0 ? limits.waiting : 0;
  const extra = secure ? tlsConnections : 0;
  return {
    connections: plainConnections + extra + waiting,
    // The one that counts requests, one short one, and those that wait; HTTP/2 waits too.
    connectionsAtOnce: 2 + waiting + (secure ? 1 : 0),
    requests:
      limits.maxRequests + (plainConnections - 1 + extra) * shortRequests + waiting * waitRequests,
    seconds: limits.maxWaitSeconds + stepsInTurn * limits.timeoutSeconds,
  };
}

/** Half the precision of a timeout that is found by late requests alone. */
const marginSeconds = 0.1;

/**
 * When each waiting connection sends its late request, in seconds of idle time. A server that closes with a FIN is
 * measured by the FIN. For one that drops connections silently the requests just before and just after the promised
 * timeout tell whether the promise is kept; the others halve what is left.
 */
export function planLateRequests(
  { maxWaitSeconds, waiting }: Pick<CheckLimits, 'maxWaitSeconds' | 'waiting'>,
  promise: KeepAlivePromise | undefined,
): readonly number[] {
  if (maxWaitSeconds <= 0) return [];
  const promised = promise?.timeoutSeconds ?? 0;
  const around = [promised + marginSeconds, promised - marginSeconds];
  const halves = Array.from({ length: waiting }, (_, index) => maxWaitSeconds / 2 ** index);
  // Two without a late request before the end, so that one timeout can be told from closes at any time.
  const wanted = [
    maxWaitSeconds,
    ...(promised > 0 ? around : [maxWaitSeconds]),
    ...halves.slice(1),
  ];
  return wanted.filter((seconds) => seconds > 0 && seconds <= maxWaitSeconds).slice(0, waiting);
}
