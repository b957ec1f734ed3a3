import { existsSync } from 'node:fs';
import { copyFile, readdir, readFile, rename, rm, truncate } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type FreshVisitors, startFreshVisitors } from '../../test/support/fresh-visitors.ts';
import type { SignalScope } from '../../test/support/processes.ts';
import { startApache } from '../../test/support/real-apache.ts';
import { startNginx } from '../../test/support/real-nginx.ts';
import { buildStoppable, type Defer, type Stoppable } from '../../test/support/stoppable.ts';
import { waitUntil } from '../../test/support/wait-until.ts';

/** A real server with visitors and a log that is rotated. */
export interface SoakSite extends Stoppable {
  readonly name: string;
  readonly server: 'apache' | 'nginx';
  readonly statusUrl: string;
  readonly accessLog: string;
  readonly format: string;
  visitors(): FreshVisitors;
  /** Renames the log and makes the server open a new one. */
  rotate(): Promise<void>;
  /**
   * Copies and empties the log. The server waits, because lines written between the two would be lost for any reader.
   * @returns the lines written until then; who has counted more has noticed
   */
  copyAndTruncate(): Promise<number>;
  reload(): Promise<void>;
  signal(signal: NodeJS.Signals, scope: SignalScope): void;
  /** Lines in the log and in its rotated files. */
  countLines(): Promise<number>;
  /** Resolves when no visitor sends a request any more. */
  quiet(): Promise<void>;
}

const everyMs = 100;
/** Deletes old files, as logrotate does: a run of some minutes would leave as many files as a year. */
const keptRotations = 12;

export function startNginxSite(): Promise<SoakSite> {
  // The connection makes each line unique: the reader could not distinguish files with equal lines.
  const format =
    '$remote_addr - $remote_user [$time_local] "$request" $status $request_time $msec $connection $connection_requests';
  return buildStoppable(async (defer) => {
    const nginx = await startNginx({
      workerProcesses: 2,
      workerConnections: 128,
      logFormat: format,
    });
    defer(nginx.stop);
    const reopen = async () => {
      nginx.signal('SIGUSR1', 'parent');
      await waitUntil({ until: 'nginx has a new log', holds: () => existsSync(nginx.accessLog) });
    };
    return {
      ...nginx,
      name: 'nginx',
      server: 'nginx',
      format,
      ...actions(defer, { ...nginx, reopen }),
    };
  });
}

export function startApacheSite(): Promise<SoakSite> {
  const format = '%h %l %u %t "%r" %>s %O %D %k %X';
  return buildStoppable(async (defer) => {
    const options = { mpm: 'prefork', maxRequestWorkers: 12, accessLogFormat: format } as const;
    const apache = await startApache(options);
    defer(apache.stop);
    const { graceful } = apache;
    return {
      ...{ ...apache, name: 'apache', server: 'apache', format, reload: graceful },
      ...actions(defer, { ...apache, reopen: graceful }),
    };
  });
}

interface Actor {
  readonly port: number;
  readonly accessLog: string;
  reopen(): Promise<void>;
  signal(signal: NodeJS.Signals, scope: SignalScope): void;
}

function actions(defer: Defer, { port, accessLog, reopen, signal }: Actor) {
  const visitors = startFreshVisitors({ port, everyMs, atMost: 100_000 });
  let rotations = 0;
  let linesDeleted = 0;
  const countLines = async () => {
    const names = await readdir(dirname(accessLog));
    const logs = names.filter((name) => name.startsWith(basename(accessLog)));
    const texts = await Promise.all(
      logs.map((name) => readFile(join(dirname(accessLog), name), 'latin1')),
    );
    return texts.reduce((lines, text) => lines + linesIn(text), linesDeleted);
  };
  const deleteOldest = async () => {
    const oldest = `${accessLog}.${rotations - keptRotations}`;
    if (!existsSync(oldest)) return;
    linesDeleted += linesIn(await readFile(oldest, 'latin1'));
    await rm(oldest);
  };
  defer(() => visitors.stop());
  return {
    visitors: () => visitors,
    quiet: () => visitors.stop(),
    async rotate() {
      await rename(accessLog, `${accessLog}.${++rotations}`);
      await reopen();
      await deleteOldest();
    },
    async copyAndTruncate() {
      signal('SIGSTOP', 'all');
      await copyFile(accessLog, `${accessLog}.${++rotations}`);
      await truncate(accessLog);
      const lines = await countLines();
      signal('SIGCONT', 'all');
      await deleteOldest();
      return lines;
    },
    countLines,
  };
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}
