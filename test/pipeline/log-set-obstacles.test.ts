import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { appendFile, chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { asNobody } from '../support/as-nobody.ts';
import { requireBinary } from '../support/find-binary.ts';
import { findFreePort } from '../support/free-port.ts';
import { configOf, createDirectory, createLogs, format, line } from '../support/log-set.ts';
import { waitUntil } from '../support/wait-until.ts';

describe('no problem of an input ends the process:', () => {
  test('B14 E1 a log directory without permission is reported with the group to join', async () => {
    const directory = await createDirectory();
    const closed = join(directory, 'apache2');
    const path = join(closed, 'access.log');
    await mkdir(closed);
    await writeFile(path, line);
    await chmod(closed, 0);
    const { logs, condition, lines, messages } = createLogs();
    const config = configOf(`{path: ${path}, format: '${format}'}`, { start: 'end' });
    await asNobody(async () => {
      await logs.apply(config, undefined);
      expect(condition()).toMatchObject({
        reason: 'permission_denied',
        remedy: expect.stringContaining(`"${closed}" (mode 0000`),
      });
      await logs.apply(config, undefined);
    });
    expect(messages.filter((message) => message.includes('a log is not read'))).toHaveLength(1);
    await chmod(closed, 0o755);
    await waitUntil({
      until: 'the permission is seen',
      holds: () => condition()?.reason === 'reading',
    });
    await appendFile(path, line);
    await waitUntil({ until: 'the line is read', holds: () => lines() === 1 });
  });

  test('B14 a pattern in a directory that may not be listed is reported', async () => {
    const directory = await createDirectory();
    const closed = join(directory, 'apache2');
    await mkdir(closed);
    await chmod(closed, 0);
    const { logs, condition } = createLogs();
    await asNobody(async () => {
      await logs.apply(configOf(`{path: "${closed}/*.log", format: '${format}'}`), undefined);
    });
    expect(condition()).toMatchObject({
      reason: 'permission_denied',
      remedy: expect.stringContaining(`"${closed}" (mode 0000`),
    });
  });

  test('B6 a named pipe as an error log, or matched by a pattern, does not block and is reported', async () => {
    const directory = await createDirectory();
    execFileSync(requireBinary('mkfifo'), [join(directory, 'b.log')]);
    await writeFile(join(directory, 'a.log'), line);
    const { logs, lines } = createLogs();
    await logs.apply(
      configOf(`{path: "${directory}/*.log", format: '${format}'}`, {
        errorLogs: `{path: ${directory}/b.log}`,
        start: 'end',
      }),
      undefined,
    );
    await appendFile(join(directory, 'a.log'), line);
    await waitUntil({ until: 'the file beside it is read', holds: () => lines() === 1 });
    expect(logs.view('shop')?.sources.map(({ condition }) => condition.reason)).toEqual([
      'not_a_file',
      'not_a_file',
    ]);
  });

  test('A16 E1 more logs than may be open are reported once, and the others are read', async () => {
    const directory = await createDirectory();
    for (let n = 0; n < 20; n++) await writeFile(join(directory, `${n}.log`), line);
    const { logs, condition, lines, messages } = createLogs(undefined, 64);
    const config = configOf(`{path: "${directory}/*.log", format: '${format}'}`);
    await logs.apply(config, undefined);
    await logs.apply(config, undefined);
    expect(lines()).toBe(8);
    expect(condition()?.reason).toBe('cannot_open');
    expect(condition()?.remedy).toContain('(8 of the 64 of this process)');
    expect(messages.filter((message) => message.includes('a log is not read'))).toHaveLength(1);
  });

  test('B14 each obstacle has its own reason', async () => {
    const directory = await createDirectory();
    await symlink(join(directory, 'loop'), join(directory, 'loop'));
    const port = await findFreePort();
    const other = createSocket('udp4').bind(port, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { logs } = createLogs();
    await logs.apply(
      configOf(
        [
          `{path: ${directory}/missing.log}`,
          `{path: ${directory}/none/missing.log}`,
          `{path: "${directory}/*.none"}`,
          `{path: ${directory}}`,
          `{path: ${directory}/loop}`,
          `{pipe: ${directory}/.}`,
          `{pipe: ${directory}/missing.fifo}`,
          `{syslog: "127.0.0.1:${port}"}`,
          `{path: ${directory}/a.log, format: main, format_file: ${directory}/none.conf}`,
        ].join(', '),
      ),
      undefined,
    );
    const conditions = logs.view('shop')?.sources.map(({ condition }) => condition) ?? [];
    expect(conditions.map(({ reason }) => reason)).toEqual([
      'waiting_for_file',
      'waiting_for_file',
      'nothing_matches',
      'not_a_file',
      'not_a_file',
      'not_a_file',
      'waiting_for_file',
      'address_in_use',
      'bad_format',
    ]);
    for (const { remedy } of conditions) expect(remedy).toMatch(/.{20}/);
  });
});
