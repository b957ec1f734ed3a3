import type { KeepaliveFinding, KeepaliveReport, Reuse } from '../snapshot/keepalive-report.ts';

/** The path of a request: from the visitor to the front, and from the front to the origin. */
export interface ChainReport {
  readonly links: readonly ChainLink[];
  readonly findings: readonly KeepaliveFinding[];
}

export interface ChainLink {
  readonly from: string;
  readonly to: string;
  /** Whether the server at the end of the link allows reuse of connections. */
  readonly reuse: Reuse;
}

/**
 * Compares the keep-alive behaviour of a front with that of its origin. Whether the front reuses its connections to the
 * origin is not visible from outside; whether the origin allows it is.
 */
export function compareLinks(front: KeepaliveReport, origin: KeepaliveReport): ChainReport {
  return {
    links: [
      { from: 'visitor', to: front.url, reuse: front.reuse.http11 },
      { from: front.url, to: origin.url, reuse: origin.reuse.http11 },
    ],
    findings: chainRules.flatMap(({ id, severity, advice, find }) => {
      const message = find(front, origin);
      return message === undefined ? [] : [{ id, severity, message, advice }];
    }),
  };
}

interface ChainRule extends Omit<KeepaliveFinding, 'message'> {
  readonly find: (front: KeepaliveReport, origin: KeepaliveReport) => string | undefined;
}

export const chainRules: readonly ChainRule[] = [
  {
    id: 'front-breaks-reuse',
    severity: 'warning',
    advice: 'turn keep-alive on at the front: visitors open a connection for each request',
    find: (front, origin) =>
      front.reuse.http11 === 'closed'
        ? `the link from the visitor to ${front.url} breaks reuse${alone(origin, 'the origin keeps connections')}`
        : undefined,
  },
  {
    id: 'origin-breaks-reuse',
    severity: 'warning',
    advice: 'turn keep-alive on at the origin: the front opens a connection for each request',
    find: (front, origin) =>
      origin.reuse.http11 === 'closed'
        ? `the link from ${front.url} to ${origin.url} breaks reuse${alone(front, 'the front keeps connections')}`
        : undefined,
  },
  {
    id: 'origin-closes-first',
    severity: 'info',
    advice:
      'if the front keeps its connections to the origin as long as those of visitors, a request can arrive while the origin closes (502): set a longer timeout at the origin',
    find: ({ idle: front }, { idle: origin }) => {
      const frontSeconds = front.idleTimeoutSeconds ?? front.atLeastSeconds;
      const originSeconds = origin.idleTimeoutSeconds;
      return frontSeconds !== undefined &&
        originSeconds !== undefined &&
        originSeconds <= frontSeconds
        ? `the origin closes idle connections after ${originSeconds.toFixed(1)} s, the front keeps them ${atLeast(front.idleTimeoutSeconds)}${frontSeconds.toFixed(1)} s`
        : undefined;
    },
  },
  {
    id: 'origin-needs-http11',
    severity: 'info',
    advice: 'nginx before 1.29.7 needs proxy_http_version 1.1 and proxy_set_header Connection ""',
    find: (_, { reuse }) =>
      reuse.http11 === 'reused' && reuse.http10WithoutHeader === 'closed'
        ? 'the origin keeps HTTP/1.1 connections and closes HTTP/1.0 ones: a front that uses HTTP/1.0 never reuses a connection'
        : undefined,
  },
];

function alone({ reuse }: KeepaliveReport, words: string): string {
  return reuse.http11 === 'reused' ? `; ${words}` : '';
}

function atLeast(measured: number | undefined): string {
  return measured === undefined ? 'at least ' : '';
}
