import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { HttpConfig } from '../config/schema.ts';
import { err, messageOf, ok, type Result } from '../result.ts';
import { readRequestHeaders, readTlsMaterial, type TlsMaterial } from './read-secrets.ts';

/** Headers and TLS material of a keep-alive check. */
export interface CheckMaterial {
  readonly tls: TlsMaterial;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers that the check sets itself. HTTP/2 refuses requests that contain one. */
const connectionHeaders = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** Unreadable files and invalid headers are failures of the check, not exceptions. */
export async function readCheckMaterial(
  http: HttpConfig,
  userAgent: string,
): Promise<Result<CheckMaterial, string>> {
  try {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(await readRequestHeaders(http, userAgent))) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
      const key = name.toLowerCase();
      if (!connectionHeaders.has(key)) headers[key] = value;
    }
    return ok({ headers, tls: await readTlsMaterial(http) });
  } catch (error) {
    return err(messageOf(error));
  }
}
