import type { Agent } from 'node:http';
import type { Readable } from 'node:stream';
import fetch from 'node-fetch';
import type { HttpConfig } from '../config/schema.ts';
import { err, ok, type Result } from '../result.ts';
import type { ScrapeFailure, ScrapeTimings } from '../snapshot/scrape.ts';
import { explainFetchError } from './fetch-failure.ts';
import { createPhasedAgent, type PhaseRecord } from './phased-agent.ts';
import { readRequestHeaders, readTlsMaterial, type TlsMaterial } from './read-secrets.ts';
import { refuseResponse } from './refuse-response.ts';
import type { ResolveName } from './resolve-name.ts';
import { parseStatusUrl, type StatusLocation } from './status-url.ts';

/** A million scoreboard slots are legal; nothing a status page prints is larger than this. */
const longestBody = 1024 * 1024;

/** A page that arrived whole. */
export interface FetchedPage {
  /** Decoded as ISO-8859-1, the charset of status pages. */
  readonly body: string;
  /** The Server header, such as `nginx/1.22.1`. */
  readonly serverHeader?: string;
  readonly timings: ScrapeTimings;
}

export interface FailedFetch {
  readonly failure: ScrapeFailure;
  readonly timings: ScrapeTimings;
}

export interface FetchPageOptions {
  readonly statusUrl: string;
  readonly http: HttpConfig;
  readonly resolveName: ResolveName;
}

export interface PageFetcher {
  /**
   * One GET on a connection of its own, closed afterwards: the server gets its slot back at once.
   *
   * @param deadlineMilliseconds for everything together, names and body included
   */
  fetch(deadlineMilliseconds: number): Promise<Result<FetchedPage, FailedFetch>>;
}

/** A fetcher of one target. Its fetches must not overlap: they share one agent and its phase record. */
export function createPageFetcher(options: FetchPageOptions): PageFetcher {
  const location = parseStatusUrl(options.statusUrl);
  const secure = location.url.protocol === 'https:';
  let record: PhaseRecord = { phase: 'resolving' };
  const agentFor = createAgentCache((tls) =>
    createPhasedAgent({ ...options, location, tls, record: () => record }),
  );
  const request = async (signal: AbortSignal) => {
    const headers = await readRequestHeaders(options.http);
    const agent = agentFor(secure ? await readTlsMaterial(options.http) : {});
    return requestPage({ location, headers, agent, signal });
  };
  return {
    async fetch(deadlineMilliseconds) {
      const startedAt = performance.now();
      record = { phase: location.socketPath === undefined ? 'resolving' : 'connecting' };
      const deadline = AbortSignal.timeout(deadlineMilliseconds);
      const outcome = await request(deadline).catch((error: unknown) =>
        err(
          explainFetchError({
            error,
            phase: record.phase,
            expired: deadline.aborted,
            deadlineMilliseconds,
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
  };
}

function quoteSubject(failure: ScrapeFailure, statusUrl: string): ScrapeFailure {
  return { ...failure, message: `fetch "${statusUrl}": ${failure.message}` };
}

/** Keeps the agent (and its TLS sessions) until a certificate or key file holds something new. */
function createAgentCache(create: (tls: TlsMaterial) => Agent): (tls: TlsMaterial) => Agent {
  let known: { readonly key: string; readonly agent: Agent } | undefined;
  return (tls) => {
    const key = JSON.stringify(tls);
    if (known?.key !== key) known = { key, agent: create(tls) };
    return known.agent;
  };
}

interface PageRequest {
  readonly location: StatusLocation;
  readonly headers: Record<string, string>;
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

type WholePage = Omit<FetchedPage, 'timings'>;

async function requestPage(request: PageRequest): Promise<Result<WholePage, ScrapeFailure>> {
  const { location, headers, agent, signal } = request;
  const response = await fetch(location.url, {
    headers,
    agent,
    signal,
    redirect: 'manual',
    compress: false,
    size: longestBody,
  });
  const refusal = refuseResponse(response.status, response.headers);
  if (refusal !== undefined) {
    (response.body as Readable | null)?.destroy();
    return err(refusal);
  }
  const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
  const serverHeader = response.headers.get('server');
  return ok({ body, ...(serverHeader === null ? {} : { serverHeader }) });
}
