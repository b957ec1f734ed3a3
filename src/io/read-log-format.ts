import { findApacheFormat, findNginxFormat } from '../parse/log-format/find-server-format.ts';
import { err, ok, type Result } from '../result.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import { readRegularFile } from './read-own-file.ts';

/** As for every configuration file of a server. */
const maximumBytes = 1024 * 1024;

export interface NamedFormat {
  readonly file: string;
  readonly name: string;
  readonly server: ServerKind;
}

/** Reads a log format, by its name, from the configuration file of a server. */
export async function readLogFormat({
  file,
  name,
  server,
}: NamedFormat): Promise<Result<string, string>> {
  const bytes = await readRegularFile(file, maximumBytes).catch((error: Error) => error);
  if (bytes instanceof Error) return err(`${file}: cannot be read: ${bytes.message}`);
  const text = bytes.toString('utf8');
  const found = server === 'nginx' ? findNginxFormat(text, name) : findApacheFormat(text, name);
  const directive = server === 'nginx' ? `log_format ${name}` : `LogFormat "..." ${name}`;
  return found === undefined ? err(`${file}: there is no ${directive}`) : ok(found);
}
