import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { WebTlsConfig } from '../config/web-tls-config.ts';
import { err, ok, type Result } from '../result.ts';
import { buildTlsOptions, readTlsMaterial } from './tls-options.ts';
import { reasonOf, type WebConfigFile } from './web-config-file.ts';

/** TLS settings that OpenSSL has accepted. */
export interface TlsSettings {
  readonly config: WebTlsConfig;
  readonly options: SecureContextOptions;
}

/** The settings for the next handshake: the newest that work. The same object as long as nothing changed. */
export type TlsSource = () => TlsSettings;

/**
 * Certificates are read again for each handshake. While they cannot be used (a renewal has written the
 * certificate and not yet the key) the last good ones go on serving: a scrape that fails for that would
 * say nothing true about the web server. The client policy cannot be lost this way, it stays the old one.
 *
 * @param onProblem told at each handshake what is wrong; empty when nothing is
 * @returns why the settings cannot be used at the start, when they cannot
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
  if (!config.ok) return err('the web config is broken');
  const { tls } = config.value;
  if (tls === undefined) return err('TLS is on since the start and cannot be switched off');
  try {
    const options = buildTlsOptions(tls, readTlsMaterial(tls, file.readPem));
    const settings = { config: tls, options };
    if (known !== undefined && JSON.stringify(settings) === JSON.stringify(known)) return ok(known);
    createSecureContext(options);
    return ok(settings);
  } catch (error) {
    return err(reasonOf(error));
  }
}
