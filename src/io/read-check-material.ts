import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { HttpConfig } from '../config/schema.ts';
import { err, ok, type Result } from '../result.ts';
import { readRequestHeaders, readTlsMaterial, type TlsMaterial } from './read-secrets.ts';

/** What a check of keep-alive sends with its requests and its TLS handshakes. */
export interface CheckMaterial {
  readonly tls: TlsMaterial;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What the check decides itself; HTTP/2 refuses requests that carry one. */
const connectionHeaders = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** Files that cannot be read and headers that cannot be sent are failures of the check, not defects. */
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
    return err(error instanceof Error ? error.message : String(error));
  }
}
