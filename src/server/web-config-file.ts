import { dirname, resolve } from 'node:path';
import type { ConfigProblem } from '../config/parse-config.ts';
import { parseWebConfig, type WebConfig } from '../config/web-config.ts';
import type { PemSource } from '../config/web-tls-config.ts';
import { err, messageOf, type Result } from '../result.ts';

/**
 * Reads a whole file. Synchronous, because the file is read again for each request and each TLS handshake, as in
 * exporter-toolkit, and Node starts a handshake in the same tick as the accept.
 */
export type ReadFile = (path: string) => Buffer;

/** A web config on disk. It is parsed again when its content has changed. */
export interface WebConfigFile {
  current(): Result<WebConfig, readonly ConfigProblem[]>;
  readPem(source: PemSource): string;
}

export function openWebConfigFile(file: string, readFile: ReadFile): WebConfigFile {
  let last: { text: string; result: Result<WebConfig, readonly ConfigProblem[]> } | undefined;
  return {
    current() {
      const text = readText(file, readFile);
      if (typeof text !== 'string') return err([text]);
      // Content, not mtime: two writes within one tick of the file system's clock look the same to stat.
      if (last?.text !== text) last = { text, result: parseWebConfig(text) };
      return last.result;
    },
    readPem(source) {
      if (source.kind === 'inline') return source.pem;
      return readFile(resolve(dirname(file), source.path)).toString('utf8');
    },
  };
}

function readText(file: string, readFile: ReadFile): string | ConfigProblem {
  try {
    return readFile(file).toString('utf8');
  } catch (error) {
    return { path: '', message: `cannot be read: ${messageOf(error)}` };
  }
}
