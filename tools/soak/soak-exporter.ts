import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningExporter, startExporter } from '../../test/support/exporter.ts';
import { type Exposition, parseExposition } from '../../test/support/exposition.ts';
import { memoryProbe } from './memory-probe.ts';
import type { SoakSite } from './soak-site.ts';

export interface SoakConfig {
  readonly sites: readonly SoakSite[];
  readonly checkpoints: string;
  /** A page that may hang. */
  readonly hangingUrl: string;
}

const dead = 'http://127.0.0.1:1/';

/** @param polls none at the end, when every line of the logs is to be a visitor's */
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

/** An exporter that can be ended and started again, with all that it has ever logged. */
export class SoakExporter {
  readonly #start: () => Promise<RunningExporter>;
  #running: RunningExporter | undefined;
  #past = '';

  constructor(start: () => Promise<RunningExporter>) {
    this.#start = start;
  }

  async start(): Promise<void> {
    this.#running ??= await this.#start();
  }

  get running(): RunningExporter {
    if (this.#running === undefined) throw new Error('the exporter is not there');
    return this.#running;
  }

  isThere(): boolean {
    return this.#running?.isRunning() === true;
  }

  output(): string {
    return this.#past + (this.#running?.output() ?? '');
  }

  /** With kill -9 or in order; to be started again. */
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

/** Lines of a target that an exporter has counted, whatever they were. */
export function countedLines(metrics: Exposition, target: string): number {
  return (
    metrics.sum('webserver_log_lines_total', { target }) +
    metrics.sum('webserver_log_own_requests_total', { target })
  );
}

/** Root may read and write everything: only from an exporter without rights can permissions be taken. */
const asNobody = process.geteuid?.() === 0;

/** A directory or file for an exporter without rights. */
export async function giveToExporter(path: string): Promise<void> {
  if (asNobody) await chown(path, 65534, 65534);
}

/** @param memoryFile where it notes what it holds after a collection */
export function plainExporter(config: SoakConfig, memoryFile: string): SoakExporter {
  const env = memoryProbe(memoryFile);
  return new SoakExporter(() => startExporter({ config: renderSoakConfig(config), env, asNobody }));
}

/**
 * An exporter whose wall clock can be set; its monotonic clock goes on, as the kernel's does. It keeps the rights it
 * began with: faketime does not get through giving them up.
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
