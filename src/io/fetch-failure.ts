import { scrapeProblems } from '../problem.ts';
import type { ScrapeFailure, ScrapeFailureResult } from '../snapshot/scrape.ts';
import type { ConnectPhase } from './phased-agent.ts';
import { BodyTooLarge } from './read-body.ts';

const resultOfErrorCode: Readonly<Record<string, ScrapeFailureResult>> = {
  ENOTFOUND: 'dns',
  ENODATA: 'dns',
  ESERVFAIL: 'dns',
  EREFUSED: 'dns',
  ETIMEOUT: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'connect_timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  EPROTO: 'tls',
  ERR_STREAM_PREMATURE_CLOSE: 'reset',
};

/** Which result a deadline means, by how far the connection had got. */
const resultOfPhaseAtDeadline: Readonly<Record<ConnectPhase, ScrapeFailureResult>> = {
  resolving: 'dns',
  connecting: 'connect_timeout',
  // A full server completes the connection and answers no handshake: as mute as one that is asked in plain text.
  handshaking: 'response_timeout',
  connected: 'response_timeout',
  answering: 'response_timeout',
};

/** A failure with the remedy of the problem table, unless the case knows a better one. */
export function scrapeFailure(
  result: ScrapeFailureResult,
  message: string,
  remedy: string = scrapeProblems[result].remedy,
): ScrapeFailure {
  return { result, message, remedy };
}

export interface FetchError {
  readonly error: unknown;
  readonly phase: ConnectPhase;
  readonly waitedMilliseconds: number;
  readonly expired: boolean;
}

/** Turns whatever a fetch threw into one of the bounded results. */
export function explainFetchError(fetchError: FetchError): ScrapeFailure {
  const { phase } = fetchError;
  if (fetchError.expired) {
    const seconds = (fetchError.waitedMilliseconds / 1000).toFixed(1);
    return scrapeFailure(
      resultOfPhaseAtDeadline[phase],
      `${deadlineWords[phase]} within ${seconds} s`,
    );
  }
  if (fetchError.error instanceof BodyTooLarge) {
    return scrapeFailure('too_large', fetchError.error.message);
  }
  const { code, text } = rootCause(fetchError.error);
  return scrapeFailure(classify(code, text, phase), text);
}

const deadlineWords: Readonly<Record<ConnectPhase, string>> = {
  resolving: 'the name was not resolved',
  connecting: 'no connection was made',
  handshaking: 'connected, but the TLS handshake did not finish',
  connected: 'connected, but no answer came',
  answering: 'the answer began, but did not end',
};

function classify(code: string, text: string, phase: ConnectPhase): ScrapeFailureResult {
  // node-fetch's word for a connection closed before the first byte is ECONNRESET "socket hang up".
  if (text.includes('socket hang up') && phase === 'connected') return 'empty_reply';
  if (/^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) return 'tls';
  if (phase === 'handshaking') return 'tls';
  if (/premature close/i.test(text)) return 'reset';
  return resultOfErrorCode[code] ?? 'other';
}

/** node-fetch wraps the socket's error; with several addresses Node wraps one error per address. */
function rootCause(error: unknown): { readonly code: string; readonly text: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return rootCause(error.errors[0]);
  if (!(error instanceof Error)) return { code: '', text: String(error) };
  const inner = (error as { erroredSysCall?: unknown; cause?: unknown }).cause;
  if (inner instanceof Error) return rootCause(inner);
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return { code, text: error.message.replace(/^request to \S+ failed, reason: /, '') || code };
}
