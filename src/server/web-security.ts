import type { FastifyServerFactory, onRequestAsyncHookHandler } from 'fastify';
import { type ConfigProblem, configProblemText } from '../config/parse-config.ts';
import { err, ok, type Result } from '../result.ts';
import { createRequestGate } from './request-gate.ts';
import { createServerFactory } from './secure-server.ts';
import { createTlsSource } from './tls-source.ts';
import { openWebConfigFile, type ReadFile } from './web-config-file.ts';

export interface WebSecurityOptions {
  /** The file of --web.config.file. */
  readonly file: string;
  readonly readFile: ReadFile;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Called when the file or a certificate stops being usable, not again while it stays so. */
  readonly logError: (message: string) => void;
}

/** What a server needs to serve as its web config says. */
export interface WebSecurity {
  /** For fastify's option of this name: HTTPS or HTTP, as the file says at the start. */
  readonly serverFactory: FastifyServerFactory;
  /** Answers 500, 429, 401 or 503 in place of the route, and sets the configured headers. */
  readonly onRequest: onRequestAsyncHookHandler;
}

/** Reads a web config and its certificates; the problems when the exporter must not start with it. */
export function createWebSecurity(
  options: WebSecurityOptions,
): Result<WebSecurity, readonly string[]> {
  const file = openWebConfigFile(options.file, options.readFile);
  const config = file.current();
  if (!config.ok) return err(problemTexts(options.file, config.error));
  const logOnce = createLogOnce(options.logError);
  const onRequest = createRequestGate({
    readConfig: file.current,
    now: options.now,
    onConfig: (problems) => logOnce('config', problemTexts(options.file, problems).join('\n')),
  });
  if (config.value.tls === undefined) {
    return ok({ serverFactory: createServerFactory(undefined), onRequest });
  }
  const tls = createTlsSource(file, (problem) => logOnce('tls', problem));
  if (!tls.ok) return err([`${options.file}: tls_server_config: ${tls.error}`]);
  return ok({ serverFactory: createServerFactory(tls.value), onRequest });
}

function problemTexts(file: string, problems: readonly ConfigProblem[]): readonly string[] {
  return problems.map((problem) => configProblemText(file, problem));
}

/** Passes a message on when it differs from the last one of its subject; an empty one means all is well. */
function createLogOnce(log: (message: string) => void) {
  const last = new Map<string, string>();
  return (subject: string, message: string): void => {
    if (message !== '' && last.get(subject) !== message) log(message);
    last.set(subject, message);
  };
}
