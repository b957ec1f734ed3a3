import fetch from 'node-fetch';
import { err, ok, type Result } from '../result.ts';

const timeoutMilliseconds = 30_000;
/** 11,000 points of a hundred series are a few megabytes. */
const longestAnswer = 64 * 1024 * 1024;

/** fetch refuses an address with a password in it, and no message may quote one. */
export function splitCredentials(url: URL) {
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  if (url.username === '') return { base, headers: {} };
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { base, headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` } };
}

/** The answer as JSON, whatever its status; in words why there is none. */
export async function getJson(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Result<unknown, string>> {
  try {
    const response = await fetch(url, {
      headers,
      signal: AbortSignal.timeout(timeoutMilliseconds),
      size: longestAnswer,
    });
    // A refused query is a 400 with a message worth showing; a login page is not JSON.
    const text = await response.text();
    const value = parseJson(text);
    return value === undefined ? err(`status ${response.status}, and no JSON`) : ok(value);
  } catch (error) {
    return err(error instanceof Error ? withoutUrl(error.message) : String(error));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** node-fetch repeats the whole address with its query, which says nothing about the reason. */
function withoutUrl(message: string): string {
  return message.replace(/request to \S+ failed, reason: /, '');
}
