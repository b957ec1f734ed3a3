import { type Config, configSchema } from '../config/schema.ts';
import type { StatusTargetConfig } from '../config/status-target.ts';
import { readConfig } from '../io/read-config.ts';
import { ok, type Result } from '../result.ts';
import type { Log } from './log.ts';
import { createTurns } from './turns.ts';

export interface ActiveConfigOptions {
  /** Absent: status pages on this machine are searched for. */
  readonly configFile?: string;
  readonly discover: () => Promise<readonly StatusTargetConfig[]>;
  /** Puts a configuration into force. */
  readonly apply: (config: Config) => Promise<void>;
  readonly log: Log;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** How long a reload waits for the writer of a pipe. */
  readonly pipeMilliseconds?: number;
}

/** The configuration in force, and whether the last reload was successful. */
export interface ActiveConfig {
  /** Undefined until the first configuration is in force. */
  current(): Config | undefined;
  lastReload(): LastReload;
  /** Reads the file again, or searches again. An error lists the problems; the old configuration then stays. */
  reload(): Promise<Result<void, readonly string[]>>;
  /** Ends discovery. */
  close(): void;
}

export interface LastReload {
  readonly successful: boolean;
  /** Unix time in seconds of the last success; 0 before the first. */
  readonly successSeconds: number;
}

const discoveryPauseMilliseconds = 30_000;
/** Later reloads wait for this one, so it must end. */
const defaultPipeMilliseconds = 10_000;

export function createActiveConfig(options: ActiveConfigOptions): ActiveConfig {
  const { log, now } = options;
  /** The second of two reloads waits for the first: it may read a newer file. */
  const inTurn = createTurns();
  let config: Config | undefined;
  let lastReload: LastReload = { successful: false, successSeconds: 0 };
  let discovery: NodeJS.Timeout | undefined;
  let hasLoggedNothingFound = false;

  const put = async (next: Config) => {
    await options.apply(next);
    config = next;
    lastReload = { successful: true, successSeconds: now() };
  };

  const discover = async () => {
    const found = await options.discover();
    await put({ ...configSchema.parse({}), targets: [...found] });
    logFound(log, found);
    if (found.length > 0) return;
    if (!hasLoggedNothingFound) logNothingFound(log);
    hasLoggedNothingFound = true;
    discovery = setTimeout(() => void inTurn(discover), discoveryPauseMilliseconds);
    discovery.unref();
  };

  const readFile = async (file: string) => {
    const { pipeMilliseconds = defaultPipeMilliseconds } = options;
    // The start waits for as long as it takes: there is nothing else to do.
    const signal = config === undefined ? undefined : AbortSignal.timeout(pipeMilliseconds);
    const read = await readConfig(file, signal);
    if (!read.ok) {
      lastReload = { ...lastReload, successful: false };
      return read;
    }
    await put(read.value);
    return ok(undefined);
  };

  return {
    current: () => config,
    lastReload: () => lastReload,
    reload: () =>
      inTurn(async () => {
        if (options.configFile !== undefined) return readFile(options.configFile);
        clearTimeout(discovery);
        await discover();
        return ok(undefined);
      }),
    close: () => clearTimeout(discovery),
  };
}

function logFound(log: Log, found: readonly StatusTargetConfig[]): void {
  for (const { server, status_url } of found) {
    log.info('found a status page; write a configuration file to watch more', {
      server,
      status_url,
    });
  }
}

function logNothingFound(log: Log): void {
  log.warn('no configuration and no status page on this machine; trying again every 30 s', {
    help: 'start with --config.file; docs/configuration.md lists the addresses tried',
  });
}
