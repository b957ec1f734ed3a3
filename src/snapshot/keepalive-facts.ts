import type { ScrapeFailureResult } from './scrape.ts';

/** What happened on the connections of one keep-alive check. Times are seconds of one monotonic clock. */

/** What a connection was opened for. */
export type ConnectionRole =
  /** HTTP/1.1 with `Connection: keep-alive`: request after request, until the server ends it. */
  | 'requests'
  /** HTTP/1.1 without the header. */
  | 'http11_unasked'
  /** HTTP/1.0 with `Connection: keep-alive`. */
  | 'http10_asked'
  | 'http10_unasked'
  /** TLS with the session of the connection before. */
  | 'resumed'
  | 'http2'
  /** HTTP/1.1, idle after its first answer. */
  | 'wait';

export interface ConnectionFacts {
  readonly role: ConnectionRole;
  readonly dialled: DialFacts;
  readonly exchanges: readonly Exchange[];
  /** Absent while it is open, and when we closed it. */
  readonly end?: ConnectionEnd;
}

export interface DialFacts {
  readonly connectSeconds: number;
  readonly tls?: TlsFacts;
}

export interface TlsFacts {
  readonly seconds: number;
  readonly resumed: boolean;
  /** Such as `TLSv1.3`. */
  readonly version: string;
  /** The protocol chosen by ALPN. */
  readonly protocol?: string;
}

/** One request and what became of it. */
export interface Exchange {
  readonly sentAt: number;
  readonly firstByteAt?: number;
  readonly endedAt: number;
  readonly outcome: ExchangeOutcome;
}

export type ExchangeOutcome =
  | Answer
  /** The server closed (`closed`) or reset the connection in place of a whole answer. */
  | { readonly kind: 'closed' | 'reset' | 'timeout' | 'stopped' }
  | { readonly kind: 'not_http' | 'too_large'; readonly detail: string };

export interface Answer {
  readonly kind: 'answered';
  readonly status: number;
  /** The Connection header. */
  readonly connection?: string;
  readonly promise?: KeepAlivePromise;
  /** Whether the connection stays open by what the answer says. */
  readonly persists: boolean;
}

/** `Keep-Alive: timeout=5, max=99`. */
export interface KeepAlivePromise {
  readonly timeoutSeconds?: number;
  readonly requestsLeft?: number;
}

/** After its FIN a server cannot answer any more: it resets the connection, or throws the request away. */
export type LateRequest = 'reset' | 'ignored';

/** How the server ended a connection. */
export interface ConnectionEnd {
  readonly at: number;
  readonly how: 'fin' | 'reset' | 'goaway';
  /** Bytes that came between the last answer and the end, such as a 408 that nobody asked for. */
  readonly unasked: number;
  /** What became of a request sent once the server had closed: how the race ends for a client. */
  readonly lateRequest?: LateRequest;
}

export type KeepaliveFailure =
  | {
      readonly kind: 'connect';
      readonly result: ScrapeFailureResult;
      readonly message: string;
    }
  | { readonly kind: 'first_request'; readonly outcome: ExchangeOutcome };

/** Everything that one check of one URL saw. */
export interface KeepaliveFacts {
  readonly url: string;
  readonly address?: string;
  /** Why nothing could be measured. */
  readonly failure?: KeepaliveFailure;
  readonly connections: readonly ConnectionFacts[];
  /** Why further connections could not be made, in words. */
  readonly refused: readonly string[];
  readonly limits: CheckLimits;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Whether the check was ended before it was done. */
  readonly stopped: boolean;
}

export interface CheckLimits {
  /** Longest time to wait for a server to close an idle connection. */
  readonly maxWaitSeconds: number;
  /** Most requests on one connection. */
  readonly maxRequests: number;
  /** Connections that wait at the same time. */
  readonly waiting: number;
  /** For connecting, for the TLS handshake and for each answer. */
  readonly timeoutSeconds: number;
}
