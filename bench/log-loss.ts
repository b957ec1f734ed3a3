import { spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startExporter } from '../test/support/exporter.ts';
import { findBinary } from '../test/support/find-binary.ts';
import { findFreePort } from '../test/support/free-port.ts';
import { httpGet } from '../test/support/http-get.ts';
import { waitUntil } from '../test/support/wait-until.ts';
import { printTable } from './measure.ts';

const ticks = 450;
const tickMilliseconds = 20;
const linesPerTick = 50;
const rotations = 5;

/** A log that counts the lines written to it, in the `combined` format. */
class Log {
  written = 0;
  readonly path: string;
  file: number;

  constructor(path: string) {
    this.path = path;
    this.file = openSync(path, 'a');
  }

  write(lines = linesPerTick, file = this.file): void {
    let text = '';
    for (let line = 0; line < lines; line++) {
      text += `203.0.113.9 - - [21/Nov/2026:03:18:00 +0000] "GET /${this.written++} HTTP/1.1" 200 1234 "-" "-"\n`;
    }
    writeSync(file, text);
  }

  renameAndCreate(rotation: number): number {
    const former = this.file;
    renameSync(this.path, `${this.path}.${rotation}`);
    this.file = openSync(this.path, 'a');
    return former;
  }

  copyAndTruncate(rotation: number): void {
    copyFileSync(this.path, `${this.path}.${rotation}`);
    truncateSync(this.path);
  }
}

const rotate: Readonly<Record<string, (log: Log, rotation: number) => void>> = {
  'rename + create': (log, rotation) => closeSync(log.renameAndCreate(rotation)),
  // Like Apache, which writes to the old file until its last request has ended.
  'late writer': (log, rotation) => {
    const former = log.renameAndCreate(rotation);
    setTimeout(() => {
      log.write(linesPerTick, former);
      closeSync(former);
    }, 1000);
  },
  copytruncate: (log, rotation) => log.copyAndTruncate(rotation),
  'copytruncate, regrown at once': (log, rotation) => {
    log.copyAndTruncate(rotation);
    log.write(ticks * linesPerTick);
  },
};

interface Follower {
  /** Lines counted so far: parsed and unparsed. */
  counted(): Promise<Counted>;
  stop(): Promise<void>;
}

interface Counted {
  readonly lines: number;
  readonly garbage: number;
}

async function startOurs(path: string): Promise<Follower> {
  const exporter = await startExporter({
    config: `targets: [{name: a, server: nginx, status_url: "http://127.0.0.1:1/", sampling: {interval: 0s}, access_logs: [{path: ${path}, format: combined}]}]\nlogs: {start: beginning}`,
  });
  return {
    async counted() {
      const text = await exporter.metrics();
      return {
        lines: figure(text, /^webserver_log_lines_total\{[^}]*result="parsed"\} (\d+)/m),
        garbage: figure(text, /^webserver_log_lines_total\{[^}]*result="unparsed"\} (\d+)/m),
      };
    },
    stop: exporter.stop,
  };
}

const mtailProgram = `counter whole_lines_total
counter garbage_lines_total
/^\\S+ - - \\[[^\\]]+\\] "GET \\S+ HTTP\\/1.1" 200 1234 "-" "-"$/ {
  whole_lines_total++
} else {
  garbage_lines_total++
}
`;

async function startMtail(binary: string, path: string): Promise<Follower> {
  const programs = mkdtempSync(join(tmpdir(), 'mtail-'));
  writeFileSync(join(programs, 'lines.mtail'), mtailProgram);
  const port = await findFreePort();
  const mtail = spawn(
    binary,
    ['-progs', programs, '-logs', path, '-address', '127.0.0.1', '-port', String(port)],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}/metrics`;
  const answers = () =>
    httpGet(url).then(
      () => true,
      () => false,
    );
  await waitUntil({ until: 'mtail answers', holds: answers });
  return {
    async counted() {
      const { body } = await httpGet(url);
      return {
        lines: figure(body, /^whole_lines_total\{[^}]*\} (\d+)/m),
        garbage: figure(body, /^garbage_lines_total\{[^}]*\} (\d+)/m),
      };
    },
    async stop() {
      mtail.kill('SIGKILL');
      rmSync(programs, { recursive: true });
    },
  };
}

function figure(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}

/** The count when it has not changed for two seconds. */
async function settle(follower: Follower): Promise<Counted> {
  for (let before = -1; ; await sleep(2000)) {
    const counted = await follower.counted();
    if (counted.lines === before) return counted;
    before = counted.lines;
  }
}

async function experiment(
  start: (path: string) => Promise<Follower>,
  rotateOnce: (log: Log, rotation: number) => void,
): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'log-loss-'));
  const log = new Log(join(directory, 'access.log'));
  const follower = await start(log.path);
  await sleep(1000);
  for (let tick = 1; tick <= ticks; tick++) {
    log.write();
    const every = ticks / (rotations + 1);
    if (tick % every === 0 && tick < ticks) rotateOnce(log, tick / every);
    await sleep(tickMilliseconds);
  }
  await sleep(2000);
  const { lines, garbage } = await settle(follower);
  await follower.stop();
  closeSync(log.file);
  rmSync(directory, { recursive: true });
  const lost = `${log.written - lines} of ${log.written}`;
  return garbage === 0 ? lost : `${lost}, ${garbage} garbage`;
}

/** Lines lost when a log is rotated during reading: 50 lines every 20 ms, five rotations, beside mtail. */
export async function run(): Promise<void> {
  const mtail = findBinary('mtail');
  const followers: Readonly<Record<string, (path: string) => Promise<Follower>>> = {
    ...(mtail === undefined ? {} : { 'mtail (Debian)': (path) => startMtail(mtail, path) }),
    'keepalive-exporter': startOurs,
  };
  const rows: string[][] = [['lines lost', ...Object.keys(rotate)]];
  for (const [name, start] of Object.entries(followers)) {
    const cells = Object.values(rotate).map((rotateOnce) => experiment(start, rotateOnce));
    rows.push([name, ...(await Promise.all(cells))]);
  }
  printTable(rows);
}
