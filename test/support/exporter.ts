import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMemoryFlags } from '../../tools/memory-flags.ts';
import { requireBinary } from './find-binary.ts';
import { findFreePort } from './free-port.ts';
import { answersOk, type HttpResponse, httpGet } from './http-get.ts';
import { type RunningProcess, startProcess } from './processes.ts';
import { buildStoppable } from './stoppable.ts';
import { createTempDirectory } from './temp-directory.ts';

export interface ExporterOptions {
  /** The text of the configuration file; without it the exporter looks for servers on localhost. */
  readonly config?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** As a user without rights; needs root. */
  readonly asNobody?: boolean;
  /** A named pipe to read as standard input. */
  readonly stdin?: string;
}

export interface RunningExporter {
  /** Without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** To rewrite before a reload; exists only when a configuration was given. */
  readonly configFile: string;
  /** The text of /metrics; throws when the answer is not 200. */
  metrics(headers?: Readonly<Record<string, string>>): Promise<string>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<HttpResponse>;
  /** What it has logged so far. */
  output(): string;
  isRunning(): boolean;
  endedBy(): NodeJS.Signals | null;
  signal(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
  /** SIGKILL, as the out-of-memory killer would; stop() is still to be called. */
  kill(): Promise<void>;
}

/** What `npm start` runs, built: `npm test` builds first, a bare vitest run does not. */
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];

/** Those of `npm start`: less memory for a little more CPU, measured with `npm run bench`. */
const NODE_FLAGS = readMemoryFlags(fileURLToPath(new URL('../../', import.meta.url)));

/** The exporter as people run it, on a free port; ready when /-/ready answers 200. */
export function startExporter(options: ExporterOptions): Promise<RunningExporter> {
  return buildStoppable(async (defer) => {
    const temporary = await createTempDirectory('exporter');
    defer(temporary.remove);
    const configFile = join(temporary.path, 'config.yml');
    if (options.config !== undefined) await writeFile(configFile, options.config);
    const port = await findFreePort();
    const exporter = await runExporter(options, { configFile, port });
    defer(exporter.stop);
    return { configFile, port, ...clientOf(`http://127.0.0.1:${port}`), ...controlsOf(exporter) };
  });
}

function runExporter(
  { config, args = [], env = {}, stdin, asNobody = false }: ExporterOptions,
  { configFile, port }: { readonly configFile: string; readonly port: number },
): Promise<RunningProcess> {
  return startProcess({
    command: '/bin/sh',
    args: [
      '-c',
      // Opened for both: reading waits for no writer, and does not end with one.
      `exec "$0" "$@" 0<>${stdin ?? '/dev/null'}`,
      ...(asNobody ? [requireBinary('setpriv'), ...nobody] : []),
      process.execPath,
      ...NODE_FLAGS,
      MAIN,
      'serve',
      ...(config === undefined ? [] : [`--config.file=${configFile}`]),
      `--web.listen-address=127.0.0.1:${port}`,
      ...args,
    ],
    env,
    isReady: () => answersOk(`http://127.0.0.1:${port}/-/ready`),
  });
}

function clientOf(url: string) {
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    httpGet(url + path, { headers, timeoutMs: 150_000 });
  const metrics = async (headers?: Readonly<Record<string, string>>): Promise<string> => {
    const { status, body } = await get('/metrics', headers);
    if (status !== 200) throw new Error(`Cannot read ${url}/metrics: status ${status}\n${body}`);
    return body;
  };
  return { url, get, metrics };
}

function controlsOf(exporter: RunningProcess) {
  const { pid, output, isRunning, endedBy, kill } = exporter;
  const signal = (name: NodeJS.Signals): void => exporter.signal(name, 'parent');
  return { pid, output, isRunning, endedBy, signal, kill };
}
