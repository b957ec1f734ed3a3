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
  return new LoadedConfig(options);
}

class LoadedConfig implements ActiveConfig {
  readonly #options: ActiveConfigOptions;
  /** The second of two reloads waits for the first: it may read a newer file. */
  readonly #inTurn = createTurns();
  #config: Config | undefined;
  #lastReload: LastReload = { successful: false, successSeconds: 0 };
  #discovery: NodeJS.Timeout | undefined;
  #hasLoggedNothingFound = false;

  constructor(options: ActiveConfigOptions) {
    this.#options = options;
  }

  current(): Config | undefined {
    return this.#config;
  }

  lastReload(): LastReload {
    return this.#lastReload;
  }

  reload(): Promise<Result<void, readonly string[]>> {
    const { configFile } = this.#options;
    return this.#inTurn(async () => {
      if (configFile !== undefined) return this.#readFile(configFile);
      clearTimeout(this.#discovery);
      await this.#discover();
      return ok(undefined);
    });
  }

  close(): void {
    clearTimeout(this.#discovery);
  }

  async #readFile(file: string): Promise<Result<void, readonly string[]>> {
    const { pipeMilliseconds = defaultPipeMilliseconds } = this.#options;
    // The start waits for as long as it takes: there is nothing else to do.
    const signal = this.#config === undefined ? undefined : AbortSignal.timeout(pipeMilliseconds);
    const read = await readConfig(file, signal);
    if (!read.ok) {
      this.#lastReload = { ...this.#lastReload, successful: false };
      return read;
    }
    await this.#apply(read.value);
    return ok(undefined);
  }

  async #discover(): Promise<void> {
    const { discover, log } = this.#options;
    const found = await discover();
    await this.#apply({ ...configSchema.parse({}), targets: [...found] });
    logFound(log, found);
    if (found.length > 0) return;
    if (!this.#hasLoggedNothingFound) logNothingFound(log);
    this.#hasLoggedNothingFound = true;
    const discoverAgain = () => void this.#inTurn(() => this.#discover());
    this.#discovery = setTimeout(discoverAgain, discoveryPauseMilliseconds).unref();
  }

  async #apply(config: Config): Promise<void> {
    await this.#options.apply(config);
    this.#config = config;
    this.#lastReload = { successful: true, successSeconds: this.#options.now() };
  }
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
    help: 'start with --config.file; docs/flags.md lists the addresses tried',
  });
}
