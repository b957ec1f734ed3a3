import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { watchIdleWorkers } from '../support/idle-watch.ts';
import { keep, keepTempDirectory } from '../support/keep.ts';
import { type RealApache, startApache } from '../support/real-apache.ts';
import { runCli } from '../support/run-cli.ts';
import { planVisits, sendVisitors, type Visit } from '../support/timed-visitors.ts';
import { waitUntil } from '../support/wait-until.ts';

const format = '%{c}a %{remote}p %k %X %D %{end:msec}t "%r" %>s "%{User-Agent}i" %L %{c}L';

/** What a run of the visitors left in the log and was measured of it. */
interface Run {
  readonly lines: readonly string[];
  readonly meanIdleSlots: number;
  readonly fullSamples: number;
  readonly reuseRatio: number;
}

interface Visitors {
  readonly visits: readonly Visit[];
  readonly path: string;
}

async function run(server: RealApache, { visits, path }: Visitors): Promise<Run> {
  const from = (await readFile(server.accessLog)).length;
  const watch = watchIdleWorkers(server.statusUrl);
  const startedAt = performance.now();
  await sendVisitors(visits, { port: server.port, path });
  const seconds = (performance.now() - startedAt) / 1000;
  // The tails of the last visitors are part of what they held.
  await waitUntil({ until: 'no visitor holds a worker', holds: () => watch.lastIdle === 0 });
  await watch.stop();
  const log = (await readFile(server.accessLog)).subarray(from).toString();
  const lines = log.trimEnd().split('\n');
  const visitors = lines.filter((line) => !line.includes('keepalive-exporter'));
  const reused = visitors.filter((line) => line.split(' ')[2] !== '0');
  return {
    lines,
    meanIdleSlots: watch.idleSlotSeconds / seconds,
    fullSamples: watch.fullSamples,
    reuseRatio: reused.length / visitors.length,
  };
}

interface Setting {
  readonly slots: number;
  readonly timeoutSeconds: number;
}

async function adviseOn({ lines, meanIdleSlots }: Run, { slots, timeoutSeconds }: Setting) {
  const path = join(await keepTempDirectory('advice'), 'access.log');
  await writeFile(path, `${lines.join('\n')}\n`);
  const { stdout, stderr } = await runCli([
    'advise',
    `--log=${path}`,
    `--format=${format}`,
    '--server=prefork',
    `--slots=${slots}`,
    `--timeout=${timeoutSeconds * 1000}ms`,
    `--idle-slots=${meanIdleSlots}`,
    '--least-traffic=1s',
    '--output=json',
  ]);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

async function startPrefork({ slots, timeoutSeconds }: Setting): Promise<RealApache> {
  const server = await startApache({
    mpm: 'prefork',
    maxRequestWorkers: slots,
    serverLimit: 200,
    maxKeepAliveRequests: 0,
    accessLogFormat: format,
    extraConfig: `KeepAliveTimeout ${timeoutSeconds * 1000}ms`,
  });
  return keep(server);
}

/** The same visitors before and after the directives of the advice, with what was predicted of them. */
async function closeLoop(setting: Setting, visitors: Visitors) {
  const server = await startPrefork(setting);
  const before = await run(server, visitors);
  const advice = await adviseOn(before, setting);
  const slots = advice.advisedSlots ?? setting.slots;
  const workers = [`StartServers ${slots}`, `MaxSpareServers ${slots + 1}`];
  await appendFile(server.configFile, `\n${[...advice.directives, ...workers].join('\n')}\n`);
  await server.graceful();
  const after = await run(server, visitors);
  console.log(
    before.meanIdleSlots,
    before.fullSamples,
    before.reuseRatio,
    advice.headline,
    after.meanIdleSlots,
    after.fullSamples,
    after.reuseRatio,
    advice.advised,
    advice.today,
  );
  return { before, advice, after, slots };
}

function expectWithin15Percent(predicted: number, measured: number): void {
  expect(predicted / measured).toBeGreaterThan(0.85);
  expect(predicted / measured).toBeLessThan(1.15);
}

test('the advice for a full prefork comes true, and then says that the setting is right', async () => {
  const visits = planVisits({
    seed: 11,
    seconds: 5,
    visitsPerSecond: 45,
    meanRequests: 4,
    medianGapSeconds: 0.3,
    sigma: 1.1,
    longestGapSeconds: 2.5,
    closingShare: 0.2,
  });
  const setting = { slots: 100, timeoutSeconds: 2 };
  const { before, advice, after } = await closeLoop(setting, { visits, path: '/' });
  expect(before.fullSamples).toBeGreaterThan(0);
  expect(advice.kind).toBe('timeout');
  expect(after.fullSamples).toBe(0);
  expectWithin15Percent(advice.advised.meanIdleSlots.expected, after.meanIdleSlots);
  expectWithin15Percent(advice.advised.reuseRatio.expected, after.reuseRatio);
  const timeoutSeconds = advice.advisedKeepaliveTimeoutSeconds;
  const again = await adviseOn(after, { ...setting, timeoutSeconds });
  expect(again).toMatchObject({ kind: 'keep', advisedKeepaliveTimeoutSeconds: timeoutSeconds });
  // Of the ids that Apache has for log lines none is there to tell connections by.
  expect(after.lines.every((line) => line.endsWith(' - -'))).toBe(true);
});

test('where requests alone fill the workers, more of them are advised, and enough', async () => {
  const visits = planVisits({
    seed: 5,
    seconds: 5,
    visitsPerSecond: 36,
    meanRequests: 4,
    medianGapSeconds: 0.05,
    sigma: 1,
    longestGapSeconds: 1,
  });
  const setting = { slots: 44, timeoutSeconds: 0.5 };
  const { before, advice, after } = await closeLoop(setting, { visits, path: '/slow?ms=200' });
  expect(before.fullSamples).toBeGreaterThan(0);
  expect(advice.kind).toBe('more_slots');
  expect(after.fullSamples).toBe(0);
  expectWithin15Percent(advice.advised.meanIdleSlots.expected, after.meanIdleSlots);
  expectWithin15Percent(advice.advised.reuseRatio.expected, after.reuseRatio);
});
