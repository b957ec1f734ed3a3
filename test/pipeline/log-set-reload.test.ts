import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { descriptorsIn } from '../support/descriptors-in.ts';
import { findFreePort } from '../support/free-port.ts';
import {
  configOf,
  createDirectory,
  createLogs,
  format,
  line,
  otherFormat,
  send,
  withoutLogs,
} from '../support/log-set.ts';
import { waitUntil } from '../support/wait-until.ts';

describe('a reload', () => {
  test('leaves standard input where it is, also under another format, away and back', async () => {
    const { logs, stdin, lines } = createLogs();
    await logs.apply(configOf(`{stdin: true, format: '${format}'}`), undefined);
    stdin.write(line + line.slice(0, 5));
    await waitUntil({ until: 'a line is read', holds: () => lines() === 1 });
    await logs.apply(configOf(`{stdin: true, format: '${otherFormat}'}`), undefined);
    stdin.write(line.slice(5));
    await waitUntil({ until: 'the next is read', holds: () => lines() === 2 });
    await logs.apply(withoutLogs, undefined);
    stdin.write(line + line);
    await logs.apply(configOf(`{stdin: true, format: '${format}'}`), undefined);
    await waitUntil({ until: 'the lines of meanwhile are read', holds: () => lines() === 4 });
  });

  test('keeps a syslog address, also under another format and beside a slow target', async () => {
    const { logs, lines, messages } = createLogs();
    const port = await findFreePort();
    const directory = await createDirectory();
    await writeFile(join(directory, 'a.log'), line);
    const more = `- {name: later, server: nginx, status_url: "http://127.0.0.1:1/", access_logs: [{path: ${directory}/a.log}]}`;
    await logs.apply(configOf(`{syslog: "127.0.0.1:${port}", format: '${format}'}`), undefined);
    await send(port, 3);
    await waitUntil({ until: 'datagrams are read', holds: () => lines() === 3 });
    await logs.apply(
      configOf(`{syslog: "127.0.0.1:${port}", format: '${otherFormat}'}`, { more }),
      undefined,
    );
    await send(port, 2);
    await waitUntil({ until: 'the next are read', holds: () => lines() === 5 });
    expect(messages.filter((message) => message.includes('EADDRINUSE'))).toEqual([]);
  });

  /** Files that go are closed and formats are read meanwhile, which is when the lines come. */
  test.each([
    ['another name of the target', { name: 'store', fields: format }],
    ['another format', { name: 'shop', fields: otherFormat }],
  ])('with %s loses no line that standard input gives meanwhile', async (_, { name, fields }) => {
    const directory = await createDirectory();
    const paths = Array.from({ length: 8 }, (__, number) => join(directory, `${number}.log`));
    for (const path of paths) await writeFile(path, line);
    const files = paths.map((path) => `{path: ${path}, format: '${format}'}`).join();
    const more = `- {name: other, server: nginx, status_url: "http://127.0.0.1:1/", access_logs: [${files}]}`;
    const { logs, stdin, lines } = createLogs();
    const stdinWith = (text: string) => `{stdin: true, format: '${text}'}`;
    await logs.apply(configOf(stdinWith(format), { more }), undefined);
    let isOver = false;
    const reloading = logs.apply(configOf(stdinWith(fields), { name }), undefined).then(() => {
      isOver = true;
    });
    let written = 0;
    for (; !isOver; await nextTurn()) {
      // What comes while the old name is shown is counted under it.
      if (name !== 'shop' && logs.view('shop') !== undefined) continue;
      stdin.write(line);
      written++;
    }
    await reloading;
    await waitUntil({
      until: `all ${written} are counted`,
      holds: () => lines(name) === written,
    });
  });

  test('with another format, no file is opened again, and each line is counted once', async () => {
    const directory = await createDirectory();
    const path = join(directory, 'a.log');
    await writeFile(path, line);
    const { logs, lines } = createLogs();
    await logs.apply(configOf(`{path: ${path}, format: '${format}'}`), undefined);
    expect(lines()).toBe(1);
    await appendFile(path, line);
    await logs.apply(configOf(`{path: ${path}, format: '${otherFormat}'}`), undefined);
    expect(lines()).toBe(2);
    expect(descriptorsIn(directory)).toBe(1);
    await logs.apply(withoutLogs, undefined);
    expect(descriptorsIn(directory)).toBe(0);
    await appendFile(path, line);
    await logs.apply(configOf(`{path: ${path}, format: '${format}'}`), undefined);
    await waitUntil({ until: 'the line of meanwhile is read', holds: () => lines() === 3 });
  });
});

test('a container’s file feeds access and error log, each with its stream; a reload keeps its half line', async () => {
  const directory = await createDirectory();
  const path = join(directory, '0.log');
  const cri = (stream: string, tag: string, text: string) =>
    `2026-11-21T03:18:00.123456789Z ${stream} ${tag} ${text}`;
  const event = '2026/11/21 03:18:00 [alert] 7#7: 64 worker_connections are not enough\n';
  await writeFile(path, cri('stderr', 'F', event) + cri('stdout', 'P', '"GET / \n'));
  const { logs, lines } = createLogs();
  const wrapped = (text: string) =>
    configOf(`{path: ${path}, cri: true, format: '${text}'}`, {
      errorLogs: `{path: ${path}, cri: true}`,
    });
  await logs.apply(wrapped(otherFormat), undefined);
  await logs.apply(wrapped(format), undefined);
  await appendFile(path, cri('stdout', 'F', 'HTTP/1.1" 200\n'));
  await waitUntil({ until: 'the line is read', holds: () => lines() === 1 });
  expect(logs.view('shop')?.access).toMatchObject({ linesParsed: 1, linesUnparsed: 0 });
  expect(Object.values(logs.view('shop')?.errorEvents ?? {}).filter((n) => n > 0)).toEqual([1]);
  // Its lines are taken for bare ones from here on, and none is read a second time.
  await logs.apply(configOf(`{path: ${path}, format: '${format}'}`), undefined);
  await appendFile(path, line);
  await waitUntil({ until: 'the bare line is read', holds: () => lines() === 2 });
  expect(logs.view('shop')?.access).toMatchObject({ linesParsed: 2, linesUnparsed: 0 });
});
