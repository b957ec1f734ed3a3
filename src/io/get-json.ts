import fetch from 'node-fetch';
import { err, messageOf, ok, type Result } from '../result.ts';

const timeoutMilliseconds = 30_000;
/** A hundred series of 11,000 points take a few megabytes. */
const maximumAnswerBytes = 64 * 1024 * 1024;

/** Moves user and password of a URL into a header: fetch refuses them in a URL, and messages must not contain them. */
export function splitCredentials(url: URL) {
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  if (url.username === '') return { base, headers: {} };
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { base, headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` } };
}

/** Requests JSON, and returns it for any HTTP status. */
export async function getJson(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Result<unknown, string>> {
  try {
    const response = await fetch(url, {
      headers,
      signal: AbortSignal.timeout(timeoutMilliseconds),
      size: maximumAnswerBytes,
    });
    // Prometheus answers a wrong query with status 400 and a message in JSON. A login page is not JSON.
    const text = await response.text();
    const value = parseJson(text);
    return value === undefined
      ? err(`status ${response.status}, and the answer is not JSON`)
      : ok(value);
  } catch (error) {
    return err(withoutUrl(messageOf(error)));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** node-fetch repeats the whole URL in its messages. */
function withoutUrl(message: string): string {
  return message.replace(/request to \S+ failed, reason: /, '');
}
