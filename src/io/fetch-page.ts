import type { Agent } from 'node:http';
import type { Readable } from 'node:stream';
import fetch, { type Headers } from 'node-fetch';
import type { HttpConfig } from '../config/schema.ts';
import { agentProduct } from '../parse/log-format/own-request.ts';
import { parseCount } from '../parse/number.ts';
import { err, ok, type Result } from '../result.ts';
import type { ScrapeFailure, ScrapeTimings } from '../snapshot/scrape.ts';
import { explainFetchError } from './fetch-failure.ts';
import { createPhasedAgent, type PhaseRecord } from './phased-agent.ts';
import { readBody } from './read-body.ts';
import { readRequestHeaders, readTlsMaterial, type TlsMaterial } from './read-secrets.ts';
import { refuseResponse } from './refuse-response.ts';
import type { ResolveName } from './resolve-name.ts';
import { parseStatusUrl, type StatusLocation } from './status-url.ts';

const unversioned = `${agentProduct}0`;

/** A page that arrived whole. */
export interface FetchedPage {
  /** Decoded as ISO-8859-1, the charset of status pages. */
  readonly body: string;
  /** The Server header, such as `nginx/1.22.1`. */
  readonly serverHeader?: string;
  /** What the server says about the connection; only of a fetcher that persists. */
  readonly kept?: KeptConnection;
  readonly timings: ScrapeTimings;
}

export interface KeptConnection {
  /** Whether the server leaves the connection open. */
  readonly open: boolean;
  /** Requests the server will still answer on it: `Keep-Alive: max=`. Absent when unlimited. */
  readonly requestsLeft?: number;
}

export interface FailedFetch {
  readonly failure: ScrapeFailure;
  readonly timings: ScrapeTimings;
}

export interface FetchPageOptions {
  readonly statusUrl: string;
  readonly http: HttpConfig;
  readonly resolveName: ResolveName;
  /** By which the log reader knows requests of ours. */
  readonly userAgent?: string;
  /** Keep one connection open between fetches instead of closing it after each. */
  readonly persist?: boolean;
  /** Ends every fetch: whoever wanted the page is gone. */
  readonly signal?: AbortSignal;
}

export interface PageFetcher {
  /**
   * One GET. Unless the fetcher persists, the connection is closed afterwards: the server gets its slot back at once.
   *
   * @param deadlineMilliseconds for everything together, names and body included
   * @param hurry ends the fetch before its deadline, as if that were reached
   */
  fetch(
    deadlineMilliseconds: number,
    hurry?: AbortSignal,
  ): Promise<Result<FetchedPage, FailedFetch>>;
  /** Closes the connection a persisting fetcher keeps. */
  close(): void;
}

/** A fetcher of one target. Its fetches must not overlap: they share one agent and its phase record. */
export function createPageFetcher(options: FetchPageOptions): PageFetcher {
  const location = parseStatusUrl(options.statusUrl);
  const secure = location.url.protocol === 'https:';
  const persist = options.persist === true;
  let record: PhaseRecord = { phase: 'connected' };
  const agents = createAgentCache((tls) =>
    createPhasedAgent({ ...options, location, tls, record: () => record }),
  );
  const request = async (signal: AbortSignal) => {
    const headers = await readRequestHeaders(options.http, options.userAgent ?? unversioned);
    const agent = agents.of(secure ? await readTlsMaterial(options.http) : {});
    const onAnswer = () => {
      record.phase = 'answering';
    };
    return requestPage({ location, headers, agent, signal, persist, onAnswer });
  };
  return {
    async fetch(deadlineMilliseconds, hurry) {
      const startedAt = performance.now();
      // A new connection sets the phase back; without one, the kept connection is what is asked.
      record = { phase: 'connected' };
      const timeout = AbortSignal.timeout(Math.ceil(deadlineMilliseconds));
      const reasons = [timeout, hurry, options.signal].filter((signal) => signal !== undefined);
      const deadline = AbortSignal.any(reasons);
      const outcome = await request(deadline).catch((error: unknown) =>
        err(
          explainFetchError({
            error,
            phase: record.phase,
            expired: deadline.aborted,
            waitedMilliseconds: Math.round(performance.now() - startedAt),
          }),
        ),
      );
      const timings = {
        durationSeconds: (performance.now() - startedAt) / 1000,
        ...(record.connectedAt === undefined
          ? {}
          : { connectSeconds: (record.connectedAt - startedAt) / 1000 }),
      };
      return outcome.ok
        ? ok({ ...outcome.value, timings })
        : err({ failure: quoteSubject(outcome.error, options.statusUrl), timings });
    },
    close: agents.close,
  };
}

function quoteSubject(failure: ScrapeFailure, statusUrl: string): ScrapeFailure {
  return { ...failure, message: `fetch "${statusUrl}": ${failure.message}` };
}

/** Keeps the agent (and its TLS sessions) until a certificate or key file holds something new. */
function createAgentCache(create: (tls: TlsMaterial) => Agent) {
  let known: { readonly key: string; readonly agent: Agent } | undefined;
  return {
    of(tls: TlsMaterial): Agent {
      const key = JSON.stringify(tls);
      if (known?.key !== key) {
        known?.agent.destroy();
        known = { key, agent: create(tls) };
      }
      return known.agent;
    },
    close: () => known?.agent.destroy(),
  };
}

interface PageRequest {
  readonly location: StatusLocation;
  readonly headers: Record<string, string>;
  readonly agent: Agent;
  readonly signal: AbortSignal;
  readonly persist: boolean;
  /** Called when the header of an answer has arrived. */
  readonly onAnswer: () => void;
}

type WholePage = Omit<FetchedPage, 'timings'>;

async function requestPage(request: PageRequest): Promise<Result<WholePage, ScrapeFailure>> {
  const { location, headers, agent, signal, persist, onAnswer } = request;
  const response = await fetch(location.url, {
    headers: { ...headers, connection: persist ? 'keep-alive' : 'close' },
    agent,
    signal,
    redirect: 'manual',
    compress: false,
  });
  onAnswer();
  const refusal = refuseResponse(response.status, response.headers);
  if (refusal !== undefined) {
    (response.body as Readable | null)?.destroy();
    return err(refusal);
  }
  const body = (await readBody(response.body as Readable)).toString('latin1');
  const serverHeader = response.headers.get('server');
  return ok({
    body,
    ...(serverHeader === null ? {} : { serverHeader }),
    ...(persist ? { kept: keptConnection(response.headers) } : {}),
  });
}

/** Apache answers `Keep-Alive: timeout=5, max=99` to a request that says `Connection: keep-alive`. */
function keptConnection(headers: Headers): KeptConnection {
  const requestsLeft = parseCount(/max=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1] ?? '');
  return {
    open: headers.get('connection')?.toLowerCase() !== 'close',
    ...(requestsLeft === undefined ? {} : { requestsLeft }),
  };
}
