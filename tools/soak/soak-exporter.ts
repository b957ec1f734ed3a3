import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningExporter, startExporter } from '../../test/support/exporter.ts';
import { type Exposition, parseExposition } from '../../test/support/exposition.ts';
import { memoryProbe, type ProbeOptions } from './memory-probe.ts';
import type { SoakSite } from './soak-site.ts';

export interface SoakConfig {
  readonly sites: readonly SoakSite[];
  readonly checkpoints: string;
  /** A page that may not answer. */
  readonly hangingUrl: string;
}

const dead = 'http://127.0.0.1:1/';

/** @param polls `off` at the end, so that every line of the logs is from a visitor */
export function renderSoakConfig(
  { sites, checkpoints, hangingUrl }: SoakConfig,
  polls: 'on' | 'off' = 'on',
): string {
  const targets = sites.map(({ name, server, statusUrl, accessLog, format }) => ({
    ...{ name, server, status_url: polls === 'on' ? statusUrl : dead },
    ...(polls === 'on' ? {} : { sampling: { interval: '0s' } }),
    access_logs: [{ path: accessLog, format }],
  }));
  const hanging = {
    ...{ name: 'hanging', server: 'nginx', status_url: polls === 'on' ? hangingUrl : dead },
    timeout: '1s',
  };
  return JSON.stringify({
    targets: [...targets, hanging],
    checkpoint: { directory: checkpoints, interval: '500ms' },
    logs: { start: 'beginning' },
  });
}

/** An exporter that can be stopped and started again, with its whole log. */
export class SoakExporter {
  readonly #start: () => Promise<RunningExporter>;
  #running: RunningExporter | undefined;
  #past = '';

  constructor(start: () => Promise<RunningExporter>) {
    this.#start = start;
  }

  async start(): Promise<void> {
    this.#running ??= await this.#start().catch((error: unknown) => {
      // Another program took the port between its choice and its use.
      if (String(error).includes('EADDRINUSE')) return this.#start();
      throw error;
    });
  }

  get running(): RunningExporter {
    if (this.#running === undefined) throw new Error('the exporter does not run');
    return this.#running;
  }

  isThere(): boolean {
    return this.#running?.isRunning() === true;
  }

  output(): string {
    return this.#past + (this.#running?.output() ?? '');
  }

  /** Stops it with kill -9 or in order. It can be started again. */
  async end(how: 'kill' | 'stop'): Promise<void> {
    const ending = this.#running;
    this.#running = undefined;
    if (ending === undefined) return;
    if (how === 'kill') await ending.kill();
    await ending.stop();
    this.#past += ending.output();
  }

  async configure(text: string): Promise<void> {
    await writeFile(this.running.configFile, text);
    this.running.signal('SIGHUP');
  }

  async metrics(): Promise<Exposition> {
    return parseExposition(
      await this.running.metrics({ 'x-prometheus-scrape-timeout-seconds': '3' }),
    );
  }
}

/** Lines of a target that an exporter has counted, with any result. */
export function countedLines(metrics: Exposition, target: string): number {
  return (
    metrics.sum('webserver_log_lines_total', { target }) +
    metrics.sum('webserver_log_own_requests_total', { target })
  );
}

/** The exporter runs without rights, because permissions do not restrict root. */
const asNobody = process.geteuid?.() === 0;

/** A directory or file for an exporter without rights. */
export async function giveToExporter(path: string): Promise<void> {
  if (asNobody) await chown(path, 65534, 65534);
}

/** Appends its memory after garbage collections to a file. */
export function measuredExporter(
  config: SoakConfig,
  { file, ...options }: ProbeOptions & { readonly file: string },
): SoakExporter {
  const env = memoryProbe(file, options);
  return new SoakExporter(() => startExporter({ config: renderSoakConfig(config), env, asNobody }));
}

/**
 * An exporter whose wall clock can be set. Its monotonic clock continues, as that of the kernel does. It keeps the rights
 * it was started with, because faketime does not survive a change of them.
 */
export function clockedExporter(config: SoakConfig, directory: string) {
  const clock = join(directory, 'clock');
  const setClock = (seconds: number) => writeFileSync(clock, `${seconds < 0 ? '' : '+'}${seconds}`);
  setClock(0);
  const env = {
    LD_PRELOAD: fakeTimeLibrary(),
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_NO_CACHE: '1',
    FAKETIME_TIMESTAMP_FILE: clock,
  };
  const exporter = new SoakExporter(() => startExporter({ config: renderSoakConfig(config), env }));
  return { exporter, setClock };
}

function fakeTimeLibrary(): string {
  const path = readdirSync('/usr/lib')
    .map((name) => `/usr/lib/${name}/faketime/libfaketime.so.1`)
    .find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error('faketime is missing: apt-get install faketime');
  return path;
}
