import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configOf, createDirectory, createLogs, format, line } from '../support/log-set.ts';

test('its functions can be passed on one by one', () => {
  const { exhaustedSecondsAgo, view, checkpoint } = createLogs().logs;
  expect([exhaustedSecondsAgo('none'), view('none'), checkpoint()]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('a path that is an access log and an error log is one source: its series may stand only once', async () => {
  const directory = await createDirectory();
  const path = join(directory, 'a.log');
  await writeFile(path, line);
  const { logs } = createLogs();
  const errorLogs = `{path: ${path}}`;
  await logs.apply(
    configOf(`{path: ${path}, format: '${format}'}, {pipe: ${path}}`, { errorLogs }),
    undefined,
  );
  expect(logs.view('shop')?.sources).toMatchObject([
    { source: path, condition: { reason: 'not_a_file' }, stats: { readBytes: 2 * line.length } },
  ]);
});

test('a metric that no log of a target feeds is logged once, one that some log feeds is not', async () => {
  const { logs, messages } = createLogs();
  const of = (name: string, fields: string) => `{path: /nowhere/${name}.log, format: '${fields}'}`;
  await logs.apply(
    configOf(`${of('a', '$status')}, ${of('b', '$status $request_time')}`),
    undefined,
  );
  const logged = messages.filter((message) => message.includes('lacks a field')).join();
  expect(logged.split('webserver_log_connections_reached_total')).toHaveLength(2);
  expect(logged).not.toContain('webserver_log_request_duration_seconds');
});
