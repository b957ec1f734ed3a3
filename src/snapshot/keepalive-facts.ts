import type { ScrapeFailureResult } from './scrape.ts';

/** What happened on the connections of one keep-alive check. Times are seconds of one monotonic clock. */

/** Why a connection was opened. */
export type ConnectionRole =
  /** HTTP/1.1 with `Connection: keep-alive`: requests in sequence until the server closes it. */
  | 'requests'
  /** HTTP/1.1 without the header. */
  | 'http11_without_header'
  /** HTTP/1.0 with `Connection: keep-alive`. */
  | 'http10_with_header'
  | 'http10_without_header'
  /** TLS that resumes the session of the previous connection. */
  | 'resumed'
  | 'http2'
  /** HTTP/2: requests in sequence until the server closes it. */
  | 'http2_requests'
  /** HTTP/1.1, idle after its first answer. */
  | 'wait';

export interface ConnectionFacts {
  readonly role: ConnectionRole;
  readonly dialled: DialFacts;
  readonly exchanges: readonly Exchange[];
  /** Absent while the connection is open, and when the exporter closed it. */
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

/** One request and its outcome. */
export interface Exchange {
  readonly sentAt: number;
  readonly firstByteAt?: number;
  readonly endedAt: number;
  readonly outcome: ExchangeOutcome;
}

export type ExchangeOutcome =
  | Answer
  /** The server closed (`closed`) or reset the connection before a complete answer. */
  | { readonly kind: 'closed' | 'reset' | 'timeout' | 'stopped' }
  | { readonly kind: 'not_http' | 'too_large'; readonly detail: string };

export interface Answer {
  readonly kind: 'answered';
  readonly status: number;
  /** The Connection header. */
  readonly connection?: string;
  readonly promise?: KeepAlivePromise;
  /** Whether the connection stays open according to the answer. */
  readonly persists: boolean;
}

/** `Keep-Alive: timeout=5, max=99`. */
export interface KeepAlivePromise {
  readonly timeoutSeconds?: number;
  readonly requestsLeft?: number;
}

/** After its FIN a server cannot answer: it resets the connection, or ignores the request. */
export type LateRequest = 'reset' | 'ignored';

/** How the server ended a connection. */
export interface ConnectionEnd {
  readonly at: number;
  readonly how: 'fin' | 'reset' | 'goaway';
  /** Bytes received between the last answer and the end, such as a 408 without a request. */
  readonly unasked: number;
  /** The outcome of a request sent after the server had closed: what a client sees that loses this race. */
  readonly lateRequest?: LateRequest;
}

export type KeepaliveFailure =
  | {
      readonly kind: 'connect';
      readonly result: ScrapeFailureResult;
      readonly message: string;
    }
  /** A certificate file or header of ours that cannot be used. */
  | { readonly kind: 'material'; readonly message: string }
  | { readonly kind: 'first_request'; readonly outcome: ExchangeOutcome };

/** All facts of one check of one URL. */
export interface KeepaliveFacts {
  readonly url: string;
  readonly address?: string;
  /** Why nothing could be measured. */
  readonly failure?: KeepaliveFailure;
  readonly connections: readonly ConnectionFacts[];
  /** Why further connections failed, as text. */
  readonly refused: readonly string[];
  readonly limits: CheckLimits;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Whether the check was stopped before its end. */
  readonly stopped: boolean;
}

export interface CheckLimits {
  /** Longest time to wait for a server to close an idle connection. */
  readonly maxWaitSeconds: number;
  /** Maximum of requests on one connection. */
  readonly maxRequests: number;
  /** Connections that wait at the same time. */
  readonly waiting: number;
  /** For connecting, for the TLS handshake and for each answer. */
  readonly timeoutSeconds: number;
}
