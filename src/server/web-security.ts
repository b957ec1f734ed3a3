import type { FastifyServerFactory, onRequestAsyncHookHandler } from 'fastify';
import { type ConfigProblem, configProblemText } from '../config/parse-config.ts';
import { err, ok, type Result } from '../result.ts';
import type { RefusalCounts } from '../snapshot/refused-clients.ts';
import { createRefusedClients, type LogRefusal } from './refused-clients.ts';
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
  /** Called once when the file or a certificate can no longer be used. */
  readonly logError: (message: string) => void;
  /** Called for clients that are refused, at most once an hour for each address and reason. */
  readonly logRefusal: LogRefusal;
}

/** TLS and authentication of a server, from its web config. */
export interface WebSecurity {
  /** Fastify's option of this name: HTTPS or HTTP, as configured at the start. */
  readonly serverFactory: FastifyServerFactory;
  /** Sets the configured headers; answers 500, 429, 401 or 503 when the route must not run. */
  readonly onRequest: onRequestAsyncHookHandler;
  /** How many requests and connections were refused. */
  readonly refused: () => RefusalCounts;
  /** Whether the file and its certificates could be used when they were last read. */
  readonly isUsable: () => boolean;
}

/** Reads a web config and its certificates. An error lists why the exporter cannot start with them. */
export function createWebSecurity(
  options: WebSecurityOptions,
): Result<WebSecurity, readonly string[]> {
  const file = openWebConfigFile(options.file, options.readFile);
  const config = file.current();
  if (!config.ok) return err(problemTexts(options.file, config.error));
  const problems = createProblems(options.logError);
  const refusals = createRefusedClients({ now: options.now, log: options.logRefusal });
  const onRequest = createRequestGate({
    readConfig: file.current,
    now: options.now,
    onConfig: (found) => problems.note('config', problemTexts(options.file, found).join('\n')),
    onRefused: refusals.note,
  });
  const gate = { onRequest, refused: refusals.counts, isUsable: problems.areNone };
  if (config.value.tls === undefined) {
    return ok({ serverFactory: createServerFactory(undefined), ...gate });
  }
  const tls = createTlsSource(file, (problem) => problems.note('tls', problem));
  if (!tls.ok) return err([`${options.file}: tls_server_config: ${tls.error}`]);
  const onRefused = (address: string) => refusals.note('certificate', address);
  return ok({ serverFactory: createServerFactory({ source: tls.value, onRefused }), ...gate });
}

function problemTexts(file: string, problems: readonly ConfigProblem[]): readonly string[] {
  return problems.map((problem) => configProblemText(file, problem));
}

/** The present problem of each subject; an empty message means none. Logs one that differs from the last. */
function createProblems(log: (message: string) => void) {
  const last = new Map<string, string>();
  return {
    note(subject: string, message: string): void {
      if (message !== '' && last.get(subject) !== message) log(message);
      last.set(subject, message);
    },
    areNone: () => [...last.values()].every((message) => message === ''),
  };
}
