import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startExporter } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { startHostileServer } from '../support/hostile-server.ts';
import { keep, keepTempDirectory } from '../support/keep.ts';

test('B20 a clock that is set back an hour during a probe does not change how long it took', async () => {
  const clock = `${await keepTempDirectory('clock')}/offset`;
  writeFileSync(clock, '+0');
  const library = findLibrary();
  const server = keep(
    await startHostileServer((socket) => {
      writeFileSync(clock, '-3600');
      setTimeout(() => socket.destroy(), 300);
    }),
  );
  const exporter = keep(
    await startExporter({
      config: `targets: [{name: a, server: nginx, status_url: "${server.url}/s", sampling: {interval: 0s}}]`,
      env: {
        LD_PRELOAD: library,
        // The kernel's monotonic clock does not jump, so it must not here either.
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        FAKETIME_NO_CACHE: '1',
        FAKETIME_TIMESTAMP_FILE: clock,
      },
    }),
  );
  const before = await exporter.get('/probe?target=a');
  const duration = parseExposition(before.body).value('probe_duration_seconds');
  expect(duration).toBeGreaterThan(0);
  expect(duration).toBeLessThan(60);
});

/** Under /usr/lib/<architecture>/; the program of the package has no way to read the time from a file. */
function findLibrary(): string {
  const [directory] = readdirSync('/usr/lib').filter((name) =>
    existsSync(`/usr/lib/${name}/faketime/libfaketime.so.1`),
  );
  if (directory === undefined) throw new Error('faketime is missing: apt-get install faketime');
  return `/usr/lib/${directory}/faketime/libfaketime.so.1`;
}
