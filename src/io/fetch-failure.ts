import { scrapeProblems } from '../problem.ts';
import type { ScrapeFailure, ScrapeFailureResult } from '../snapshot/scrape.ts';
import { errorCode } from './explain-access.ts';
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

/** The result of a timeout, by the phase that the connection had reached. */
const resultOfPhaseAtDeadline: Readonly<Record<ConnectPhase, ScrapeFailureResult>> = {
  // The server has not been asked: this is no fact about it.
  preparing: 'other',
  resolving: 'dns',
  connecting: 'connect_timeout',
  // The kernel accepts the connection of a full server, which then answers neither a handshake nor a request.
  handshaking: 'response_timeout',
  connected: 'response_timeout',
  answering: 'response_timeout',
};

/** A failure. Its remedy is that of the problem table unless the caller has a better one. */
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

/** Maps any error of a fetch to one of the defined results. */
export function explainFetchError(fetchError: FetchError): ScrapeFailure {
  const failure = classifyFetchError(fetchError);
  return fetchError.phase === 'answering' ? { ...failure, answerBegan: true } : failure;
}

function classifyFetchError(fetchError: FetchError): ScrapeFailure {
  const { phase } = fetchError;
  if (fetchError.expired) {
    const seconds = (fetchError.waitedMilliseconds / 1000).toFixed(1);
    return scrapeFailure(
      resultOfPhaseAtDeadline[phase],
      `${deadlineMessages[phase]} within ${seconds} s`,
    );
  }
  if (fetchError.error instanceof BodyTooLarge) {
    return scrapeFailure('too_large', fetchError.error.message);
  }
  const { code, text } = rootCause(fetchError.error);
  return scrapeFailure(classify(code, text, phase), text);
}

const deadlineMessages: Readonly<Record<ConnectPhase, string>> = {
  preparing: 'the server was not asked, because its credentials and certificates were not read',
  resolving: 'the name was not resolved',
  connecting: 'no connection was made',
  handshaking: 'connected, but the TLS handshake did not finish',
  connected: 'connected, but no answer came',
  answering: 'the answer began, but did not end',
};

function classify(code: string, text: string, phase: ConnectPhase): ScrapeFailureResult {
  // node-fetch reports a connection that was closed before the first byte as ECONNRESET "socket hang up".
  if (text.includes('socket hang up') && phase === 'connected') return 'empty_reply';
  if (/^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) return 'tls';
  if (phase === 'handshaking') return 'tls';
  if (/premature close/i.test(text)) return 'reset';
  return resultOfErrorCode[code] ?? 'other';
}

/** node-fetch wraps the error of the socket. With several addresses Node.js wraps one error for each. */
function rootCause(error: unknown): { readonly code: string; readonly text: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return rootCause(error.errors[0]);
  if (!(error instanceof Error)) return { code: '', text: String(error) };
  if (error.cause instanceof Error) return rootCause(error.cause);
  const code = errorCode(error) ?? '';
  // The message of OpenSSL names its source file, over two lines.
  if (code.startsWith('ERR_SSL_') && 'reason' in error && typeof error.reason === 'string') {
    return { code, text: `the TLS handshake failed: ${error.reason}` };
  }
  return { code, text: error.message.replace(/^request to \S+ failed, reason: /, '') || code };
}
