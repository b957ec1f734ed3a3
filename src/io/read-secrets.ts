import type { HttpConfig } from '../config/schema.ts';
import { present } from '../present.ts';
import { readRegularFile } from './read-own-file.ts';

/** Far larger than any password, token or bundle of certificates. */
const maximumSecretBytes = 4 * 1024 * 1024;

/** Request headers of a target: Host, credentials, and configured headers. Files are read again at each call. */
export async function readRequestHeaders(
  http: HttpConfig,
  userAgent: string,
): Promise<Record<string, string>> {
  const headers: Record<string, string> = {
    ...http.headers,
    accept: 'text/plain, */*;q=0.1',
    'accept-encoding': 'identity',
    'user-agent': userAgent,
  };
  if (http.host !== undefined) headers['host'] = http.host;
  const authorization = await readAuthorization(http);
  if (authorization !== undefined) headers['authorization'] = authorization;
  return headers;
}

async function readAuthorization(http: HttpConfig): Promise<string | undefined> {
  const { basic_auth: basic, bearer_token, bearer_token_file } = http;
  if (basic !== undefined) {
    const password = basic.password ?? (await readSecret(basic.password_file));
    return `Basic ${Buffer.from(`${basic.username}:${password}`).toString('base64')}`;
  }
  const token = bearer_token ?? (bearer_token_file && (await readSecret(bearer_token_file)));
  return token === undefined || token === '' ? undefined : `Bearer ${token}`;
}

/** Editors and `echo` add a newline to the file, which is not part of the secret. */
async function readSecret(path: string | undefined): Promise<string> {
  if (path === undefined) return '';
  const bytes = await readRegularFile(path, maximumSecretBytes);
  return bytes.toString('utf8').replace(/\r?\n$/, '');
}

/** TLS options of a target for Node.js. */
export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export async function readTlsMaterial(http: HttpConfig): Promise<TlsMaterial> {
  const { ca_file, cert_file, key_file, server_name, insecure_skip_verify } = http.tls ?? {};
  return {
    rejectUnauthorized: insecure_skip_verify !== true,
    ...present({
      ca: ca_file === undefined ? undefined : await readRegularFile(ca_file, maximumSecretBytes),
      cert:
        cert_file === undefined ? undefined : await readRegularFile(cert_file, maximumSecretBytes),
      key: key_file === undefined ? undefined : await readRegularFile(key_file, maximumSecretBytes),
      servername: server_name,
    }),
  };
}
