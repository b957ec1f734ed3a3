import { dirname, resolve } from 'node:path';
import { type ApacheTree, expandApacheConfig } from '../audit/expand-apache-config.ts';
import { parseEnvvars } from '../parse/apache-config/envvars.ts';
import type { Result } from '../result.ts';
import type { FileExists, ReadSources } from '../snapshot/config-tree.ts';
import { createSourceReader, fileExists } from './source-reader.ts';

export interface ApacheReadOptions {
  /** The server version with which `<IfVersion>` is compared. */
  readonly version: string;
  readonly read?: ReadSources;
  readonly exists?: FileExists;
  /** Names that Apache is started with: `-D NAME`. */
  readonly defines?: readonly string[];
}

/** Reads an Apache configuration file, the files it includes, and the file `envvars` beside it. */
export async function readApacheConfig(
  file: string,
  { version, read = createSourceReader(), exists = fileExists, defines = [] }: ApacheReadOptions,
): Promise<Result<ApacheTree, string>> {
  const path = resolve(file);
  const [envvars] = await read(`${dirname(path)}/envvars`);
  const text = envvars !== undefined && 'text' in envvars ? envvars.text : '';
  const environment = parseEnvvars(text);
  return expandApacheConfig(path, { read, exists, version, environment, defines });
}
