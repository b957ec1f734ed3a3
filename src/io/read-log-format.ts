import { findApacheFormat, findNginxFormat } from '../parse/log-format/find-server-format.ts';
import { err, ok, type Result } from '../result.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import { readOwnFile } from './read-own-file.ts';

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
  const text = await readOwnFile(file).catch((error: Error) => error);
  if (text instanceof Error) return err(`${file}: cannot be read: ${text.message}`);
  const found = server === 'nginx' ? findNginxFormat(text, name) : findApacheFormat(text, name);
  const directive = server === 'nginx' ? `log_format ${name}` : `LogFormat "..." ${name}`;
  return found === undefined ? err(`${file}: there is no ${directive}`) : ok(found);
}
