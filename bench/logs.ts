import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  linkSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningExporter, startExporter } from '../test/support/exporter.ts';
import { findBinary } from '../test/support/find-binary.ts';
import { httpGet } from '../test/support/http-get.ts';
import { cpuSeconds, printTable, residentMegabytes } from './measure.ts';

const lineCount = 1_000_000;
/** Times increase, as in a real log, because the cost of following connections depends on the time as well. */
const linesPerSecond = 1000;
const combined =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';
const timed = `${combined} conn=$connection reqs=$connection_requests rt=$request_time urt=$upstream_response_time`;

interface Case {
  readonly name: string;
  readonly server: 'apache' | 'nginx';
  readonly format: string;
  /** Whether lines have the connection and its times. */
  readonly isTimed: boolean;
  /** How many times faster than mtail. */
  readonly wanted: number;
}

/** The combined format of both servers is the same, so one measurement of mtail is enough. */
const cases: readonly Case[] = [
  {
    name: 'Apache combined',
    server: 'apache',
    format: 'combined',
    isTimed: false,
    wanted: 20,
  },
  { name: 'nginx combined', server: 'nginx', format: 'combined', isTimed: false, wanted: 20 },
  {
    name: 'nginx, times',
    server: 'nginx',
    format: timed.replace('$connection ', '$request_length '),
    isTimed: true,
    wanted: 20,
  },
  { name: 'and connections', server: 'nginx', format: timed, isTimed: true, wanted: 10 },
];

/** One million lines from file to metrics, beside mtail of Debian on the same file. */
export async function run(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-logs-'));
  const origin = fork(new URL('./status-origin.ts', import.meta.url));
  const [statusPort] = (await once(origin, 'message')) as [number];
  try {
    const rows: string[][] = [['', 'lines/s', 'CPU s', 'MiB', 'times mtail', 'per CPU s']];
    const verdicts: string[] = [];
    for (const isTimed of [false, true]) {
      const log = join(directory, isTimed ? 'timed.log' : 'combined.log');
      const bytes = writeLog(log, isTimed);
      const theirs = runMtail(directory, log, isTimed);
      rows.push([`${(bytes / lineCount).toFixed(0)} bytes a line: mtail`, ...figures(theirs)]);
      for (const each of cases.filter((one) => one.isTimed === isTimed)) {
        const ours = await runOurs({ ...each, log, bytes, statusPort });
        rows.push([each.name, ...figures(ours, theirs)]);
        if (theirs !== undefined) verdicts.push(judgeSpeed(each, theirs.cpu / ours.cpu));
      }
    }
    printTable(rows);
    process.stdout.write(`${verdicts.join('\n')}\n`);
    const last = { ...(cases.at(-1) as Case), log: join(directory, 'timed.log'), statusPort };
    const { idle, reading } = await measureScrapes(last);
    const slower = reading / idle;
    process.stdout.write(
      `/metrics while reading: p99 ${reading.toFixed(1)} ms, idle ${idle.toFixed(1)} ms, ${slower.toFixed(1)} times: ${judge(slower < 3)} (below 3)\n`,
    );
  } finally {
    origin.kill();
    rmSync(directory, { recursive: true });
  }
}

function figures(speed: Speed | undefined, than = speed): readonly string[] {
  if (speed === undefined || than === undefined) return ['-', '-', '-', '-', '-'];
  return [
    speed.rate.toFixed(0),
    speed.cpu.toFixed(2),
    speed.memory === undefined ? '-' : speed.memory.toFixed(0),
    (speed.rate / than.rate).toFixed(1),
    (than.cpu / speed.cpu).toFixed(1),
  ];
}

/** By processor time, because other programs affect the wall time of both differently. */
function judgeSpeed({ name, wanted }: Case, times: number): string {
  return `${name}: ${times.toFixed(1)} times mtail: ${judge(times >= wanted)} (at least ${wanted})`;
}

function judge(isMet: boolean): string {
  return isMet ? 'as wanted' : 'NOT as wanted';
}

function writeLog(path: string, isTimed: boolean): number {
  const file = openSync(path, 'w');
  let bytes = 0;
  for (let block = 0; block < 1000; block++) {
    let text = '';
    for (let i = 0; i < lineCount / 1000; i++) {
      const n = block * 1000 + i;
      const status = [200, 200, 200, 304, 404, 499, 502][n % 7];
      const method = ['GET', 'GET', 'POST', 'HEAD'][n % 4];
      text += `203.0.113.${n % 250} - - [21/Nov/2026:${clockAt(n / linesPerSecond)} +0000] "${method} /articles/${n}/the-title-of-a-page?utm=${n % 97} HTTP/1.1" ${status} ${n % 50_000} "https://www.example.org/some/referer/${n % 1000}" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0"${isTimed ? timesOf(n) : ''}\n`;
    }
    bytes += writeSync(file, text);
  }
  closeSync(file);
  return bytes;
}

function timesOf(n: number): string {
  return ` conn=${n >> 3} reqs=${(n % 12) + 1} rt=0.${String(n % 1000).padStart(3, '0')} urt=0.${String(n % 900).padStart(3, '0')}`;
}

function clockAt(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().slice(11, 19);
}

interface Speed {
  readonly rate: number;
  readonly cpu: number;
  readonly memory?: number;
}

interface Bench extends Case {
  readonly log: string;
  readonly statusPort: number;
}

interface Reading {
  readonly exporter: RunningExporter;
  /** Moves the log to the path of the exporter. */
  begin(): void;
  linesRead(): Promise<number>;
}

async function startReading({ log, statusPort, server, format }: Bench): Promise<Reading> {
  const live = `${log}.live`;
  rmSync(live, { force: true });
  const exporter = await startExporter({
    config: `targets: [{name: a, server: ${server}, status_url: "http://127.0.0.1:${statusPort}/", sampling: {interval: 0s}, access_logs: [{path: ${live}, format: '${format}'}]}]\nlogs: {start: beginning}`,
  });
  return {
    exporter,
    begin: () => linkSync(log, live),
    async linesRead() {
      const parsed = /webserver_log_lines_total\{[^}]*result="parsed"\} (\d+)/;
      return Number(parsed.exec(await exporter.metrics())?.[1]);
    },
  };
}

/** Sends the exporter no request meanwhile: the kernel shows how far it has read. */
async function runOurs({ bytes, ...bench }: Bench & { readonly bytes: number }): Promise<Speed> {
  const { exporter, begin, linesRead } = await startReading(bench);
  const cpuBefore = cpuSeconds(exporter.pid);
  const readBefore = bytesRead(exporter.pid);
  begin();
  // The exporter checks logs four times a second and sees a new file then. Only reading is measured.
  while (bytesRead(exporter.pid) - readBefore < bytes / 1000) await sleep(1);
  const startedAt = performance.now();
  let memory = 0;
  while (bytesRead(exporter.pid) - readBefore < bytes) {
    await sleep(2);
    memory = Math.max(memory, residentMegabytes(exporter.pid));
  }
  while ((await linesRead()) < lineCount) await sleep(2);
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = cpuSeconds(exporter.pid) - cpuBefore;
  await exporter.stop();
  return { rate: lineCount / seconds, cpu, memory };
}

/** Duration of a scrape before reading, and while reading at full speed. */
async function measureScrapes(bench: Bench): Promise<{ idle: number; reading: number }> {
  const { exporter, begin, linesRead } = await startReading(bench);
  const idle: number[] = [];
  for (let i = 0; i < 1500; i++) idle.push(await timedScrape(exporter.url));
  begin();
  const reading: number[] = [];
  while ((await linesRead()) < lineCount) reading.push(await timedScrape(exporter.url));
  await exporter.stop();
  return { idle: quantile(idle.slice(500)), reading: quantile(reading) };
}

/** Bytes that the process has read from files so far, by the counter of the kernel. */
function bytesRead(pid: number): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'latin1'))?.[1]);
}

async function timedScrape(url: string): Promise<number> {
  const startedAt = performance.now();
  await httpGet(`${url}/metrics`, { timeoutMs: 30_000 });
  return performance.now() - startedAt;
}

function quantile(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;
}

const combinedPattern =
  '^\\S+ - \\S+ \\[[^\\]]+\\] "(?P<method>\\S+) \\S+ (?P<protocol>[^"]+)" (?P<code>\\d+) (?P<bytes>\\d+) "[^"]*" "[^"]*"';
const combinedProgram = `counter responses_total by method, code, protocol
counter response_bytes_total
/${combinedPattern}$/ {
  responses_total[$method][$code][$protocol]++
  response_bytes_total += $bytes
}
`;
const timedProgram = `counter responses_total by method, code, protocol
counter response_bytes_total
counter connections_reached_total by requests
histogram request_duration_seconds buckets 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
histogram upstream_response_seconds buckets 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
/${combinedPattern} conn=\\d+ reqs=(?P<reqs>\\d+) rt=(?P<rt>\\d+\\.\\d+) urt=(?P<urt>\\d+\\.\\d+)$/ {
  responses_total[$method][$code][$protocol]++
  response_bytes_total += $bytes
  connections_reached_total[$reqs]++
  request_duration_seconds = $rt
  upstream_response_seconds = $urt
}
`;

/** mtail uses both cores. */
function runMtail(directory: string, log: string, isTimed: boolean): Speed | undefined {
  const binary = findBinary('mtail');
  if (binary === undefined) return undefined;
  writeFileSync(join(directory, 'web.mtail'), isTimed ? timedProgram : combinedProgram);
  const startedAt = performance.now();
  const args = ['-one_shot', '-logtostderr', '-progs', join(directory, 'web.mtail'), '-logs', log];
  // The shell prints the processor time of its children.
  const mtail = spawnSync('/bin/sh', ['-c', '"$0" "$@" >/dev/null 2>&1; times', binary, ...args], {
    encoding: 'utf8',
  });
  const seconds = (performance.now() - startedAt) / 1000;
  if (mtail.status !== 0) throw new Error(`mtail ended with ${mtail.status}`);
  return { rate: lineCount / seconds, cpu: childSeconds(mtail.stdout) };
}

/** The second line of the output of `times`: `0m12.340s 0m1.020s`, user and system. */
function childSeconds(times: string): number {
  const line = times.trim().split('\n').at(-1) ?? '';
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0);
}
