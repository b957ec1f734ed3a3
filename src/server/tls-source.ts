import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { WebTlsConfig } from '../config/web-tls-config.ts';
import { err, messageOf, ok, type Result } from '../result.ts';
import { buildTlsOptions, readTlsMaterial } from './tls-options.ts';
import type { WebConfigFile } from './web-config-file.ts';

/** TLS settings that OpenSSL has accepted. */
export interface TlsSettings {
  readonly config: WebTlsConfig;
  readonly options: SecureContextOptions;
}

/** The newest settings that can be used, for the next handshake. The same object while nothing changes. */
export type TlsSource = () => TlsSettings;

/**
 * Certificates are read again for each handshake. While they cannot be used (a renewal has written the
 * certificate but not yet the key) the last good settings stay in use, including the client policy: a failed
 * scrape would be a false alarm about the web server.
 *
 * @param onProblem called at each handshake with the problem; with an empty text when there is none
 * @returns an error explains why the settings cannot be used at the start
 */
export function createTlsSource(
  file: WebConfigFile,
  onProblem: (problem: string) => void,
): Result<TlsSource, string> {
  const first = readTlsSettings(file);
  if (!first.ok) return first;
  let last = first.value;
  return ok(() => {
    const next = readTlsSettings(file, last);
    onProblem(next.ok ? '' : `cannot use the new tls_server_config: ${next.error}`);
    if (next.ok) last = next.value;
    return last;
  });
}

function readTlsSettings(file: WebConfigFile, known?: TlsSettings): Result<TlsSettings, string> {
  const config = file.current();
  if (!config.ok) return err('the web config is not valid');
  const { tls } = config.value;
  if (tls === undefined) return err('TLS cannot be turned off without a restart');
  try {
    const options = buildTlsOptions(tls, readTlsMaterial(tls, file.readPem));
    const settings = { config: tls, options };
    if (known !== undefined && JSON.stringify(settings) === JSON.stringify(known)) return ok(known);
    createSecureContext(options);
    return ok(settings);
  } catch (error) {
    return err(messageOf(error));
  }
}
