import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { CheckpointStore } from '../../src/io/checkpoint-store.ts';
import { createCheckpointOpener } from '../../src/pipeline/checkpoint-opener.ts';
import { createLogSet } from '../../src/pipeline/log-set.ts';
import { ok } from '../../src/result.ts';
import { asNobody } from '../support/as-nobody.ts';
import { descriptorsIn } from '../support/descriptors-in.ts';
import { requireBinary } from '../support/find-binary.ts';
import { findFreePort } from '../support/free-port.ts';
import { waitUntil } from '../support/wait-until.ts';

const line = '"GET / HTTP/1.1" 200\n';
const format = '"$request" $status';
const otherFormat = '"$request" $status $missing';

async function createDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'log-set-'));
  await chmod(path, 0o755);
  onTestFinished(async () => {
    await rm(path, { recursive: true, force: true });
  });
  return path;
}

/** A configuration with these log sources (YAML) for one target; more targets may be given. */
function configOf(
  accessLogs: string,
  { errorLogs = '', more = '', start = 'beginning', checkpoint = '' } = {},
) {
  const parsed = parseConfig(`
targets:
  - {name: shop, server: nginx, status_url: "http://127.0.0.1:1/", access_logs: [${accessLogs}], error_logs: [${errorLogs}]}
  ${more}
logs: {start: ${start}}
${checkpoint}`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

const withoutLogs = configOf('');

function createLogs(stdin = new PassThrough()) {
  const messages: string[] = [];
  const note = (message: string, fields: object = {}) =>
    messages.push(`${message} ${JSON.stringify(fields)}`);
  const log = { debug: note, info: note, warn: note, error: note };
  const logs = createLogSet({ stdin, log, now: () => Date.now() / 1000 });
  onTestFinished(() => logs.close());
  return {
    logs,
    messages,
    stdin,
    lines: () => {
      const access = logs.view('shop')?.access;
      return (access?.linesParsed ?? 0) + (access?.linesUnparsed ?? 0);
    },
    condition: () => logs.view('shop')?.sources[0]?.condition,
  };
}

/** A store that keeps its record as a file would: as JSON. */
function memoryStore(): CheckpointStore & { fail(times: number): void } {
  let text: string | undefined;
  let left = 0;
  return {
    read: () => Promise.resolve(ok(text === undefined ? undefined : JSON.parse(text))),
    fail: (times) => {
      left = times;
    },
    write: (record) => {
      if (left-- > 0) return Promise.reject(new Error('ENOSPC: no space left on device'));
      text = JSON.stringify(record);
      return Promise.resolve();
    },
    isHeld: () => Promise.resolve(true),
    release: () => Promise.resolve(),
  };
}

async function send(port: number, count: number): Promise<void> {
  const socket = createSocket('udp4');
  for (let n = 0; n < count; n++) {
    await new Promise((resolve) =>
      socket.send(`<190>Nov 20 21:38:02 h t: ${line}`, port, '127.0.0.1', resolve),
    );
  }
  socket.close();
}

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

  test('with another format opens no file anew, and counts no line twice or never', async () => {
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

describe('nothing an input does ends the process:', () => {
  test('B14 E1 a log directory that may not be entered is told with the group to join', async () => {
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

  test('B14 a pattern in a directory that may not be listed is told', async () => {
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

  test('B6 a named pipe as an error log, or matched by a pattern, hangs nothing and is told', async () => {
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

  test('B14 each obstacle has a reason of its own', async () => {
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
    const told = logs.view('shop')?.sources.map(({ condition }) => condition) ?? [];
    expect(told.map(({ reason }) => reason)).toEqual([
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
    for (const { remedy } of told) expect(remedy).toMatch(/.{20}/);
  });
});

test('B17 B18 a target goes on from its record, and not with a record of other labels', async () => {
  const directory = await createDirectory();
  const path = join(directory, 'a.log');
  await writeFile(path, line);
  const config = configOf(`{path: ${path}, format: '${format}'}`);
  const store = memoryStore();
  const first = createLogs();
  await first.logs.apply(config, store);
  await first.logs.close();
  await rename(path, `${path}.1`);
  await appendFile(path, line);
  const second = createLogs();
  await second.logs.apply(config, store);
  await waitUntil({ until: 'both are counted', holds: () => second.lines() === 2 });
  await second.logs.close();

  const read = await store.read();
  const record = JSON.parse(JSON.stringify(read.ok ? read.value : {}));
  record.order[0] = record.order[0].split(' ').toReversed().join(' ');
  await store.write(record);
  const third = createLogs();
  await third.logs.apply(config, store);
  await waitUntil({ until: 'counting has begun anew', holds: () => third.lines() === 1 });
  expect(third.messages.join()).toContain('other labels');
});

describe('a checkpoint directory that', () => {
  async function setUp(prepare: (state: string) => Promise<unknown>) {
    const directory = await createDirectory();
    const state = join(directory, 'state');
    await prepare(state);
    const messages: string[] = [];
    const note = (message: string) => messages.push(message);
    const log = { debug: note, info: note, warn: note, error: note };
    const opener = createCheckpointOpener({ log, pid: 1 });
    const logs = createLogSet({
      stdin: new PassThrough(),
      log,
      now: () => Date.now() / 1000,
      reopen: opener.open,
      reopenMilliseconds: 0,
    });
    onTestFinished(() => logs.close());
    const checkpoint = `checkpoint: {directory: ${state}, interval: 10ms}`;
    await writeFile(join(directory, 'a.log'), line);
    const config = configOf(`{path: ${directory}/a.log, format: '${format}'}`, { checkpoint });
    await logs.apply(config, await opener.open(state));
    const isWritten = () =>
      readFile(join(state, 'checkpoint.json'), 'utf8').then(
        (text) => text.includes('"linesParsed":1'),
        () => false,
      );
    return { state, logs, messages, isWritten };
  }

  test('cannot be used at the start is used as soon as it can be, without a reload', async () => {
    const { state, logs, messages, isWritten } = await setUp((path) => writeFile(path, 'a file'));
    await waitUntil({
      until: 'the failures are counted',
      holds: () => (logs.checkpoint()?.failures ?? 0) > 2,
    });
    expect(messages.filter((message) => message.includes('no checkpoint'))).toHaveLength(1);
    await rm(state);
    await waitUntil({ until: 'a record is written', holds: isWritten });
    expect(messages.at(-1)).toBe('the checkpoint can be kept again');
  });

  test('is removed while we run is made again', async () => {
    const { state, isWritten } = await setUp(() => Promise.resolve());
    await waitUntil({ until: 'a record is written', holds: isWritten });
    await rm(state, { recursive: true });
    await waitUntil({ until: 'a record is written again', holds: isWritten });
  });
});

test('B18 E1 a clean stop on a full disk tries again, and the failures show', async () => {
  const directory = await createDirectory();
  const path = join(directory, 'a.log');
  await writeFile(path, line);
  const checkpoint = `checkpoint: {directory: ${directory}, interval: 1h}`;
  const { logs, messages } = createLogs();
  const store = memoryStore();
  await logs.apply(configOf(`{path: ${path}, format: '${format}'}`, { checkpoint }), store);
  await appendFile(path, line);
  store.fail(2);
  await logs.close();
  expect(logs.checkpoint()).toMatchObject({ failures: 2 });
  expect(messages.filter((message) => message.includes('ENOSPC'))).toHaveLength(1);
  const second = createLogs();
  await second.logs.apply(configOf(`{path: ${path}, format: '${format}'}`), store);
  await waitUntil({ until: 'both lines are counted', holds: () => second.lines() === 2 });
});

test.each([
  ['an earlier version', { shop: { access: {}, errorEvents: {}, files: {} } }],
  ['text', 'nonsense'],
  [
    'a negative place',
    { version: 1, order: [], targets: { shop: { errorEvents: { a: -1 }, places: {} } } },
  ],
])('B18 a record that is %s is told in one line, and counting begins anew', async (_, record) => {
  const directory = await createDirectory();
  const path = join(directory, 'a.log');
  await writeFile(path, line);
  const store = memoryStore();
  await store.write(record);
  const { logs, messages, lines } = createLogs();
  await logs.apply(configOf(`{path: ${path}, format: '${format}'}`), store);
  expect(lines()).toBe(1);
  expect(messages.filter((message) => message.includes('the checkpoint is lost'))).toHaveLength(1);
});

test('what it gives can be handed on function by function', () => {
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

test('a metric that no log of a target feeds is told once, one that some log feeds is not', async () => {
  const { logs, messages } = createLogs();
  const of = (name: string, fields: string) => `{path: /nowhere/${name}.log, format: '${fields}'}`;
  await logs.apply(
    configOf(`${of('a', '$status')}, ${of('b', '$status $request_time')}`),
    undefined,
  );
  const told = messages.filter((message) => message.includes('lacks a field')).join();
  expect(told.split('webserver_log_connections_reached_total')).toHaveLength(2);
  expect(told).not.toContain('webserver_log_request_duration_seconds');
});
