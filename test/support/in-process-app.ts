import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type App, createApp } from '../../src/app.ts';
import { type Exposition, parseExposition } from './exposition.ts';
import { keep, keepTempDirectory } from './keep.ts';

export interface InProcessApp {
  readonly app: App;
  /** Before the test ends; a second call does nothing. */
  stop(): Promise<void>;
  /** Writes this configuration and reloads; the problems when it is refused. */
  reload(config: object): Promise<readonly string[]>;
  /** The text of an answer, which must be 200. */
  get(path: string): Promise<string>;
  metrics(): Promise<Exposition>;
  /** Messages logged so far. */
  readonly logged: readonly string[];
}

/** The whole application without a process and a port of its own; stopped when the test ends. */
export async function startInProcess(config: object): Promise<InProcessApp> {
  const configFile = join(await keepTempDirectory('app'), 'config.yml');
  await writeFile(configFile, JSON.stringify(config));
  const logged: string[] = [];
  const note = (message: string, fields: object = {}) =>
    void logged.push(`${message} ${JSON.stringify(fields)}`);
  const app = createApp({
    configFile,
    telemetryPath: '/metrics',
    compatMetrics: true,
    version: '0.0.0',
    nodeVersion: process.version,
    pid: process.pid,
    inPod: false,
    stdin: new PassThrough(),
    log: { debug: note, info: note, warn: note, error: note },
    now: () => Date.now() / 1000,
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= app.stop();
    return stopped;
  };
  keep({ stop });
  const started = await app.start();
  if (!started.ok) throw new Error(started.error.join('\n'));
  const get = async (path: string): Promise<string> => {
    const { statusCode, body } = await app.server.inject(path);
    if (statusCode !== 200) throw new Error(`GET ${path}: ${statusCode} ${body}`);
    return body;
  };
  return {
    app,
    stop,
    logged,
    get,
    metrics: async () => parseExposition(await get('/metrics')),
    async reload(next) {
      await writeFile(configFile, JSON.stringify(next));
      const reloaded = await app.reload();
      return reloaded.ok ? [] : reloaded.error;
    },
  };
}
