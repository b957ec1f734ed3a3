import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { keep, keepTempDirectory } from '../support/keep.ts';
import { waitUntil } from '../support/wait-until.ts';

test('B20 a clock that is set back an hour during a probe does not change how long it took', async () => {
  const clock = `${await keepTempDirectory('clock')}/offset`;
  writeFileSync(clock, '+0');
  const server = keep(
    await startHostileServer((socket) => {
      writeFileSync(clock, '-3600');
      setTimeout(() => socket.destroy(), 300);
    }),
  );
  const exporter = keep(
    await startExporter({
      config: `targets: [{name: a, server: nginx, status_url: "${server.url}/s", sampling: {interval: 0s}}]`,
      env: clockEnvironment(clock),
    }),
  );
  const before = await exporter.get('/probe?target=a');
  const duration = parseExposition(before.body).value('probe_duration_seconds');
  expect(duration).toBeGreaterThan(0);
  expect(duration).toBeLessThan(60);
});

test('B20 a clock that is set back an hour stops no checkpoint: after kill -9 each line counts once', async () => {
  const directory = await keepTempDirectory('clock');
  const [clock, log] = [`${directory}/offset`, `${directory}/access.log`];
  writeFileSync(clock, '+0');
  writeFileSync(log, line);
  const config = `
targets:
  - name: a
    server: nginx
    status_url: "http://127.0.0.1:1/"
    access_logs: [{path: ${log}, format: '"$request" $status'}]
checkpoint: {directory: ${directory}/checkpoints, interval: 200ms}
logs: {start: beginning}`;
  const counted = async (exporter: RunningExporter) =>
    parseExposition(await exporter.metrics()).sum('webserver_log_responses_total');
  const first = keep(await startExporter({ config, env: clockEnvironment(clock) }));
  await waitUntil({ until: 'a line is counted', holds: async () => (await counted(first)) === 1 });
  for (const [jump, lines] of [
    ['-3600', 2],
    ['+31536000', 3],
  ] as const) {
    writeFileSync(clock, jump);
    appendFileSync(log, line);
    await waitUntil({
      until: `the checkpoint holds ${lines} lines`,
      holds: () =>
        readFileSync(`${directory}/checkpoints/checkpoint.json`, 'utf8').includes(
          `"offset":${lines * line.length}`,
        ),
    });
  }
  await first.kill();
  appendFileSync(log, line);
  const second = keep(await startExporter({ config, env: clockEnvironment(clock) }));
  await waitUntil({ until: 'all are counted', holds: async () => (await counted(second)) === 4 });
});

const line = '"GET / HTTP/1.1" 200\n';

/** The kernel's monotonic clock does not jump, so it must not here either. */
function clockEnvironment(clock: string) {
  return {
    LD_PRELOAD: findLibrary(),
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_NO_CACHE: '1',
    FAKETIME_TIMESTAMP_FILE: clock,
  };
}

/** Under /usr/lib/<architecture>/; the program of the package has no way to read the time from a file. */
function findLibrary(): string {
  const [directory] = readdirSync('/usr/lib').filter((name) =>
    existsSync(`/usr/lib/${name}/faketime/libfaketime.so.1`),
  );
  if (directory === undefined) throw new Error('faketime is missing: apt-get install faketime');
  return `/usr/lib/${directory}/faketime/libfaketime.so.1`;
}
