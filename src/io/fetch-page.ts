import type { Agent } from 'node:http';
import { Readable } from 'node:stream';
import fetch, { type Headers } from 'node-fetch';
import type { HttpConfig } from '../config/schema.ts';
import { agentProduct } from '../parse/log-format/own-request.ts';
import { parseCount } from '../parse/number.ts';
import { present } from '../present.ts';
import { err, ok, type Result } from '../result.ts';
import type { ScrapeFailure, ScrapeTimings } from '../snapshot/scrape.ts';
import { abortable } from './abortable.ts';
import { startDeadline } from './deadline.ts';
import { explainFetchError } from './fetch-failure.ts';
import { createPhasedAgent, type PhaseRecord } from './phased-agent.ts';
import { readBody } from './read-body.ts';
import { readRequestHeaders, readTlsMaterial, type TlsMaterial } from './read-secrets.ts';
import { refuseResponse } from './refuse-response.ts';
import type { ResolveName } from './resolve-name.ts';
import { parseStatusUrl, type StatusLocation } from './status-url.ts';

const unversioned = `${agentProduct}0`;

/** A page that arrived completely. */
export interface FetchedPage {
  /** Decoded as ISO-8859-1, the charset of status pages. */
  readonly body: string;
  /** The Server header, such as `nginx/1.22.1`. */
  readonly serverHeader?: string;
  /** What the headers say about the connection. Only from a fetcher that persists. */
  readonly kept?: KeptConnection;
  readonly timings: ScrapeTimings;
}

export interface KeptConnection {
  /** Whether the server leaves the connection open. */
  readonly open: boolean;
  /** Requests that the server will still answer on the connection (`Keep-Alive: max=`). Absent if unlimited. */
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
  /** By this the log reader recognises the exporter's own requests. */
  readonly userAgent?: string;
  /** Keeps one connection open between fetches. */
  readonly persist?: boolean;
  /** Ends every fetch, because no caller waits for the page any more. */
  readonly signal?: AbortSignal;
}

export interface PageFetcher {
  /**
   * Sends one GET. Unless the fetcher persists, the connection is closed afterwards and its slot is free again.
   *
   * @param deadlineMilliseconds limit for the whole fetch, from resolving the name to the end of the body
   * @param giveUp ends the fetch early, with the result of a timeout
   */
  fetch(
    deadlineMilliseconds: number,
    giveUp?: AbortSignal,
  ): Promise<Result<FetchedPage, FailedFetch>>;
  /** Closes the connection of a persisting fetcher. */
  close(): void;
}

/** A fetcher for one target. Its fetches must not overlap, because they share one agent and its phase record. */
export function createPageFetcher(options: FetchPageOptions): PageFetcher {
  const location = parseStatusUrl(options.statusUrl);
  const secure = location.url.protocol === 'https:';
  const persist = options.persist === true;
  let record: PhaseRecord = { phase: 'preparing' };
  const agents = createAgentCache((tls) =>
    createPhasedAgent({ ...options, location, tls, record: () => record }),
  );
  const prepare = async () => {
    const headers = await readRequestHeaders(options.http, options.userAgent ?? unversioned);
    return { headers, agent: agents.of(secure ? await readTlsMaterial(options.http) : {}) };
  };
  const request = async (signal: AbortSignal) => {
    // A file on a network may not answer.
    const { headers, agent } = await abortable(prepare(), signal);
    // A new connection sets the phases before this one.
    record.phase = 'connected';
    const onHeaders = () => {
      record.phase = 'answering';
    };
    return requestPage({ location, headers, agent, signal, persist, onHeaders });
  };
  return {
    async fetch(deadlineMilliseconds, giveUp) {
      const startedAt = performance.now();
      record = { phase: 'preparing' };
      const deadline = startDeadline(deadlineMilliseconds, [giveUp, options.signal]);
      const outcome = await request(deadline.signal).catch((error: unknown) =>
        err(
          explainFetchError({
            error,
            phase: record.phase,
            expired: deadline.signal.aborted,
            waitedMilliseconds: Math.round(performance.now() - startedAt),
          }),
        ),
      );
      deadline.close();
      const timings = {
        durationSeconds: (performance.now() - startedAt) / 1000,
        ...present({
          connectSeconds: record.connectedAt && (record.connectedAt - startedAt) / 1000,
        }),
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

/** Keeps the agent, and with it the TLS sessions, until the content of a certificate or key file changes. */
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
  /** Called when the headers of the answer have arrived. */
  readonly onHeaders: () => void;
}

type WholePage = Omit<FetchedPage, 'timings'>;

async function requestPage(request: PageRequest): Promise<Result<WholePage, ScrapeFailure>> {
  const { location, headers, agent, signal, persist, onHeaders } = request;
  const response = await fetch(location.url, {
    headers: { ...headers, connection: persist ? 'keep-alive' : 'close' },
    agent,
    signal,
    redirect: 'manual',
    compress: false,
  });
  onHeaders();
  const refusal = refuseResponse(response.status, response.headers);
  if (refusal !== undefined) {
    if (response.body instanceof Readable) response.body.destroy();
    return err(refusal);
  }
  const bytes = response.body instanceof Readable ? await readBody(response.body) : Buffer.alloc(0);
  const serverHeader = response.headers.get('server');
  return ok({
    body: bytes.toString('latin1'),
    ...present({
      serverHeader: serverHeader ?? undefined,
      kept: persist ? keptConnection(response.headers) : undefined,
    }),
  });
}

/** Apache answers `Keep-Alive: timeout=5, max=99` to a request with `Connection: keep-alive`. */
function keptConnection(headers: Headers): KeptConnection {
  const requestsLeft = parseCount(/max=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1] ?? '');
  return {
    open: headers.get('connection')?.toLowerCase() !== 'close',
    ...present({ requestsLeft }),
  };
}
