import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGapTracker, type GapTracker } from '../src/derive/gap-state.ts';
import { summarizeGaps, trackRecord } from '../src/derive/gap-tracker.ts';
import { createLogCounts, foldRecord } from '../src/derive/log-fold.ts';
import { createRandom } from '../src/derive/seeded-random.ts';
import { readLogFile } from '../src/io/read-log-file.ts';
import { parseLogFormat } from '../src/parse/log-format/parse-log-format.ts';
import { createLogRecord } from '../src/snapshot/log-record.ts';
import { printTable } from './measure.ts';

const lineCount = 500_000;
const rounds = 5;
const distinctAddresses = 10_000_000;
const format =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" conn=$connection reqs=$connection_requests rt=$request_time urt=$upstream_response_time';

/** The cost of following connections: the same file read with and without it, and memory with many addresses. */
export async function run(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-gaps-'));
  try {
    const log = join(directory, 'access.log');
    writeLog(log);
    const plain: number[] = [];
    const tracked: number[] = [];
    for (let round = 0; round < rounds; round++) {
      plain.push(await readLines(log));
      tracked.push(await readLines(log, createGapTracker({ todaySeconds: 5 })));
    }
    const [without, within] = [median(plain), median(tracked)];
    printTable([
      ['', 'lines/CPU s', 'share'],
      ['read and count', without.toFixed(0), '1.00'],
      ['and follow connections', within.toFixed(0), (within / without).toFixed(2)],
    ]);
  } finally {
    rmSync(directory, { recursive: true });
  }
  measureMemory();
}

/** Visitors with four requests on average, 66 requests per second. */
function writeLog(path: string): void {
  const random = createRandom(1);
  const file = openSync(path, 'w');
  const start = Date.UTC(2026, 10, 21);
  for (let n = 0; n < lineCount; ) {
    let text = '';
    for (let i = 0; i < 1000; i++, n++) {
      const visit = Math.max(0, Math.floor(n / 4) - random.between(0, 60));
      const time = new Date(start + n * 15).toISOString().slice(11, 19);
      text += `203.${visit >> 16}.${(visit >> 8) & 255}.${visit & 255} - - [21/Nov/2026:${time} +0000] "GET /articles/${n}/the-title-of-a-page?utm=${n % 97} HTTP/1.1" 200 ${n % 50_000} "https://www.example.org/some/referer/${n % 1000}" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0" conn=${visit} reqs=${(n % 12) + 1} rt=0.${String(n % 1000).padStart(3, '0')} urt=0.${String(n % 900).padStart(3, '0')}\n`;
    }
    writeSync(file, text);
  }
  closeSync(file);
}

/** Lines per second of CPU time, so that other programs on the machine do not matter. */
async function readLines(path: string, tracker?: GapTracker): Promise<number> {
  const key = tracker === undefined ? {} : { addressKey: [1, 2] as const };
  const parsed = parseLogFormat({ format, ...key });
  if (!parsed.ok) throw new Error(parsed.error);
  const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
  const counts = createLogCounts({
    requestDurationBuckets: buckets,
    upstreamConnectBuckets: buckets,
    upstreamResponseBuckets: buckets,
  });
  const record = createLogRecord();
  const before = process.cpuUsage();
  await readLogFile(path, (bytes, start, end) => {
    if (!parsed.value.parse(bytes, start, end, record)) return;
    foldRecord(counts, record);
    if (tracker !== undefined) trackRecord(tracker, record);
  });
  const { user, system } = process.cpuUsage(before);
  return (lineCount / (user + system)) * 1e6;
}

function measureMemory(): void {
  const tracker = createGapTracker({ todaySeconds: 5 });
  const record = createLogRecord();
  const before = process.memoryUsage().rss;
  record.status = 200;
  record.requestSeconds = 0.05;
  record.requestOnConnection = 1;
  for (let n = 0; n < distinctAddresses; n++) {
    record.unixSeconds = 1_795_000_000 + n / 20_000;
    record.client = n * 400_000_007;
    record.connection = n;
    trackRecord(tracker, record);
  }
  const { openConnections, addresses } = summarizeGaps(tracker);
  const kept = (openConnections.bytes + addresses.bytes) / 2 ** 20;
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  process.stdout.write(
    `${distinctAddresses} addresses, each over a connection of its own: ${openConnections.entries} connections and ${addresses.entries} addresses kept in ${kept.toFixed(1)} MiB, ${openConnections.evicted + addresses.evicted} forgotten early; the process grew by ${grown.toFixed(1)} MiB\n`,
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
