import type { CheckLimits, KeepAlivePromise, LateRequest } from './keepalive-facts.ts';
import type { TargetIdentity } from './target-view.ts';

/** The result of a check of one URL. `check-keepalive --output=json` prints it unchanged. */
export interface KeepaliveReport {
  readonly url: string;
  /** The address of all connections. */
  readonly address?: string;
  /** Why nothing could be measured, as text. */
  readonly failure?: string;
  readonly status?: number;
  readonly reuse: Readonly<Record<ReuseCase, Reuse>>;
  /** What the Keep-Alive header of the first answer promises. */
  readonly promised?: KeepAlivePromise;
  /** The Connection header of the first answer. */
  readonly connectionHeader?: string;
  readonly idle: IdleFigures;
  readonly requests: RequestFigures;
  /** The same on an HTTP/2 connection. */
  readonly http2Requests?: RequestFigures;
  readonly times: TimeFigures;
  readonly tls?: TlsFigures;
  readonly cost: CostFigures;
  readonly limits: CheckLimits;
  readonly findings: readonly KeepaliveFinding[];
}

export const reuseCases = [
  'http11',
  'http11WithoutHeader',
  'http10WithHeader',
  'http10WithoutHeader',
  'http2',
] as const;
export type ReuseCase = (typeof reuseCases)[number];

/** `unknown`: not tried, not offered, or the first request failed. */
export type Reuse = 'reused' | 'closed' | 'unknown';

export interface IdleFigures {
  /** Median over the connections that the server closed. Absent when unknown. */
  readonly idleTimeoutSeconds?: number;
  readonly shortestSeconds?: number;
  readonly longestSeconds?: number;
  /** The longest idle time after which a request was answered, or for which a connection stayed open. */
  readonly atLeastSeconds?: number;
  /** The shortest idle time after which a request got no answer although the connection was not closed. */
  readonly atMostSeconds?: number;
  readonly measuredConnections: number;
  /** `silent`: the connection no longer works, but it was not closed. */
  readonly closedWith?: 'fin' | 'reset' | 'silent';
  /** The outcome of a request sent just after the server's FIN. */
  readonly lateRequest?: LateRequest;
  /** Bytes sent without a request before the close. */
  readonly unaskedBytes?: number;
  readonly http2IdleTimeoutSeconds?: number;
}

export interface RequestFigures {
  readonly requestsPerConnection?: number;
  /** The connection was still open after this number of requests. */
  readonly moreThanRequests?: number;
  /** Whether the last answer had `Connection: close`, or HTTP/2 a GOAWAY. */
  readonly closeAnnounced?: boolean;
}

/** Medians. */
export interface TimeFigures {
  readonly connectSeconds?: number;
  readonly tlsSeconds?: number;
  readonly tlsResumedSeconds?: number;
  /** From the start of the connection to the first byte of the answer. */
  readonly firstByteOnNewSeconds?: number;
  readonly firstByteOnReusedSeconds?: number;
}

export interface TlsFigures {
  readonly version: string;
  readonly sessionResumed: boolean;
  readonly http2: boolean;
}

export interface CostFigures {
  readonly connections: number;
  readonly requests: number;
  readonly durationSeconds: number;
}

export const findingSeverities = ['error', 'warning', 'info'] as const;
export type FindingSeverity = (typeof findingSeverities)[number];

export interface KeepaliveFinding {
  readonly id: string;
  readonly severity: FindingSeverity;
  readonly message: string;
  readonly advice: string;
}

/** The result of a keep-alive check by /probe. */
export interface KeepaliveProbe {
  readonly target: TargetIdentity;
  readonly report: KeepaliveReport;
}
