import { createSocket } from 'node:dgram';
import {
  appendFile,
  copyFile,
  mkdir,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLogCounts, foldRecord, listResponses } from '../../src/derive/log-fold.ts';
import { openCheckpointStore } from '../../src/io/checkpoint-store.ts';
import { expandPattern } from '../../src/io/expand-pattern.ts';
import { followFile } from '../../src/io/follow-file.ts';
import type { FollowState } from '../../src/io/follow-state.ts';
import { openPathInput } from '../../src/io/path-input.ts';
import { openSyslogInput } from '../../src/io/syslog-input.ts';
import { parseLogFormat } from '../../src/parse/log-format/parse-log-format.ts';
import { createLogRecord } from '../../src/snapshot/log-record.ts';
import { findFreePort } from '../support/free-port.ts';
import { startInProcess } from '../support/in-process-app.ts';
import { keepTempDirectory } from '../support/keep.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Follows a path from its beginning, or from a state, to where it ends now. */
async function readLines(path: string, state?: FollowState) {
  const seen: string[] = [];
  const follower = followFile({
    path,
    start: 'beginning',
    consume: (bytes, start, end) => seen.push(bytes.toString('utf8', start, end)),
    ...(state === undefined ? {} : { state }),
  });
  const read = async () => {
    while (await follower.poll());
    return seen;
  };
  await read();
  return { seen, read, follower };
}

async function createLog(text: string): Promise<string> {
  const path = join(await keepTempDirectory('log'), 'access.log');
  await writeFile(path, text);
  return path;
}

describe('a followed file', () => {
  test('B3 that is truncated without a copy is read on from its new beginning', async () => {
    const path = await createLog('one\ntwo\n');
    const { read, follower } = await readLines(path);
    await truncate(path, 0);
    await appendFile(path, 'three\n');
    expect(await read()).toEqual(['one', 'two', 'three']);
    await follower.close();
  });

  test('B4 that is overwritten with the same length and the same first line is read anew', async () => {
    const path = await createLog('start\none\ntwo\n');
    const { read, follower } = await readLines(path);
    await truncate(path, 0);
    await writeFile(path, 'start\nsix\nten\n');
    expect((await read()).slice(3)).toEqual(['start', 'six', 'ten']);
    await follower.close();
  });

  test('B5 whose inode number went to another file while we were away is told by its content', async () => {
    const path = await createLog('one\ntwo\nthree\n');
    const { follower } = await readLines(path);
    const state = await follower.state();
    await follower.close();
    // The same number, as a file system may give it out again: other content, longer than what was read.
    await writeFile(path, 'a request\nother request\nnext request\n');
    const second = await readLines(path, state);
    expect(second.seen).toEqual(['a request', 'other request', 'next request']);
    await second.follower.close();
  });

  test('B6 is followed through a symbolic link that is pointed at the next file, as Kubernetes does', async () => {
    const directory = await keepTempDirectory('links');
    const link = join(directory, 'container.log');
    await writeFile(join(directory, '0.log'), 'one\n');
    await symlink('0.log', link);
    const { seen, read, follower } = await readLines(link);
    await appendFile(join(directory, '0.log'), 'two\n');
    await writeFile(join(directory, '1.log'), 'three\n');
    await rm(link);
    await symlink('1.log', link);
    await read();
    await rm(link);
    await symlink('nowhere', link);
    await read();
    expect(follower.condition().reason).toBe('waiting_for_file');
    expect(seen.toSorted()).toEqual(['one', 'three', 'two']);
    await follower.close();
  });

  test('B7 keeps a line together across polls, a restart and a character cut in two', async () => {
    const path = await createLog('');
    const first = await readLines(path);
    const line = Buffer.from('caf\u00e9 \u2713\r\n');
    await appendFile(path, line.subarray(0, 4));
    await first.read();
    const state = await first.follower.state();
    await first.follower.close();
    await appendFile(path, line.subarray(4));
    const second = await readLines(path, state);
    expect([...first.seen, ...second.seen]).toEqual(['caf\u00e9 \u2713\r']);
    await second.follower.close();
  });

  test('B7 that ends in the middle of a line when it is rotated keeps the line for a late writer', async () => {
    const path = await createLog('one\nhalf');
    const { read, follower } = await readLines(path);
    await rename(path, `${path}.1`);
    await writeFile(path, 'next\n');
    expect(await read()).toEqual(['one', 'next']);
    await appendFile(`${path}.1`, ' done\n');
    expect(await read()).toEqual(['one', 'next', 'half done']);
    await follower.close();
  });

  test('B8 with a line of 100 MB and no end is read in bounded memory, and the next line counts', async () => {
    const path = await createLog('');
    const { seen, read, follower } = await readLines(path);
    const piece = Buffer.alloc(10 * 1024 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    for (let part = 0; part < 10; part++) {
      await appendFile(path, piece);
      await read();
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 1024 * 1024);
    await appendFile(path, '\nnext\n');
    await read();
    expect(seen).toEqual(['next']);
    expect((await follower.stats()).tooLongLines).toBe(1);
    await follower.close();
  });

  test('B15 with a long backlog gives others their turn after a bounded piece', async () => {
    const directory = await keepTempDirectory('backlog');
    await writeFile(join(directory, 'long.log'), Buffer.alloc(64 * 1024 * 1024, 'line\n'));
    await writeFile(join(directory, 'short.log'), 'last\n');
    let last = '';
    const input = openPathInput({
      pattern: join(directory, '*.log'),
      start: 'beginning',
      consume: (bytes, start, end) => {
        last = bytes.toString('latin1', start, end);
      },
    });
    expect(await input.poll()).toBe(true);
    expect(last).toBe('last');
    const { readBytes, lagBytes } = await input.stats();
    expect(readBytes).toBeLessThan(17 * 1024 * 1024);
    expect(lagBytes).toBeGreaterThan(47 * 1024 * 1024);
    await input.close();
  });
});

test('B16 of a pattern, compressed files, what rotation leaves and what editors leave is not counted anew', async () => {
  const directory = await keepTempDirectory('pattern');
  const names = ['a.log', 'a.log.1', 'a.log-20261121', 'a.log.2.gz', 'a.log.3.zst', '.a.log.swp'];
  for (const name of names) await writeFile(join(directory, name), 'line\n');
  const expanded = await expandPattern(join(directory, 'a.log*'));
  expect(expanded.paths).toEqual([join(directory, 'a.log')]);
});

describe('hostile lines', () => {
  const hostile: readonly (readonly [what: string, line: Buffer])[] = [
    ['NUL bytes', Buffer.alloc(5000)],
    ['invalid UTF-8', Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0xed, 0xa0, 0x80])],
    ['a TLS hello', Buffer.from('160301020001fc0303', 'hex')],
    ['terminal escapes', Buffer.from('\u001b[2J\u001b]0;owned\u0007')],
    ['malformed escapes', Buffer.from('\\x \\xZZ \\x2 \\u12 \\')],
    ['a hundred thousand quotes', Buffer.alloc(100_000, '"')],
    ['a hundred thousand brackets', Buffer.alloc(100_000, '([')],
    ['a hundred thousand backslashes', Buffer.alloc(100_000, '\\')],
    ['a hundred thousand commas', Buffer.alloc(100_000, ', ')],
    ['nested JSON', Buffer.from('{"a":'.repeat(50_000))],
  ];
  const formats = [
    'combined',
    'json',
    '$status $upstream_response_time',
    '%h "%r" %>s %D %k %X %v',
  ];
  const cases = hostile.flatMap(([what, line]) =>
    formats.map((format) => ({ what, line, format })),
  );

  test.each(cases)(
    'B9 B13 $what under $format are parsed or not, in one pass',
    ({ line, format }) => {
      const parsed = parseLogFormat({ format });
      if (!parsed.ok) throw new Error(parsed.error);
      const { parse } = parsed.value;
      const record = createLogRecord();
      const request = Buffer.concat([
        Buffer.from('1.1.1.1 - - [x] "'),
        line,
        Buffer.from('" 200 5'),
      ]);
      for (const bytes of [line, request]) parse(bytes, 0, bytes.length, record);
      // A megabyte of it, too: a scanner that is not linear does not come to its end.
      const many = Buffer.concat(
        Array.from({ length: Math.ceil((1024 * 1024) / line.length) }, () => line),
      );
      parse(many, 0, many.length, record);
    },
  );

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'B12 "%s" as a method, a virtual host or a key of a JSON line is a text like any other',
    (name) => {
      const parsed = parseLogFormat({ format: 'json', vhosts: [name] });
      if (!parsed.ok) throw new Error(parsed.error);
      const counts = createLogCounts({
        requestDurationBuckets: [1],
        upstreamConnectBuckets: [1],
        upstreamResponseBuckets: [1],
        vhosts: [name],
      });
      const record = createLogRecord();
      const line = Buffer.from(
        `{"${name}":{"polluted":1},"request_method":"${name}","status":200,"host":"${name}","server_name":"${name}"}`,
      );
      expect(parsed.value.parse(line, 0, line.length, record)).toBe(true);
      foldRecord(counts, record);
      const responses = [...listResponses(counts)].filter(({ count }) => count > 0);
      expect(responses).toMatchObject([{ method: 'other', code: '200', vhost: name, count: 1 }]);
      expect('polluted' in {}).toBe(false);
    },
  );
});

test.each(['__proto__', 'constructor', 'toString'])(
  'B12 a target called "%s" counts from 0 and goes on from its checkpoint',
  async (name) => {
    const path = await createLog('"GET / HTTP/1.1" 200\n');
    const checkpoint = { directory: await keepTempDirectory('checkpoint'), interval: '1s' };
    const format = '"$request" $status';
    const target = {
      name,
      server: 'nginx',
      status_url: 'http://127.0.0.1:1/',
      sampling: { interval: '0s' },
      access_logs: [{ path, format }],
    };
    const config = { targets: [target], checkpoint, logs: { start: 'beginning' } };
    const parsedLines = async (app: Awaited<ReturnType<typeof startInProcess>>) =>
      (await app.metrics()).value('webserver_log_lines_total', { target: name, result: 'parsed' });
    const first = await startInProcess(config);
    await waitUntil({
      until: 'a line is counted',
      holds: async () => (await parsedLines(first)) === 1,
    });
    expect(first.logged.filter((line) => line.includes('lost'))).toEqual([]);
    await first.stop();
    await appendFile(path, '"GET / HTTP/1.1" 200\n');
    const second = await startInProcess(config);
    await waitUntil({
      until: 'both are counted',
      holds: async () => (await parsedLines(second)) === 2,
    });
    expect(second.logged.filter((line) => line.includes('lost'))).toEqual([]);
  },
);

describe('a checkpoint', () => {
  const written = async () => {
    const directory = await keepTempDirectory('crash');
    const store = await openCheckpointStore(directory, 'first');
    if (!store.ok) throw new Error(store.error);
    await store.value.write({ generation: 1 });
    await store.value.release();
    return directory;
  };
  const readAgain = async (directory: string) => {
    const store = await openCheckpointStore(directory, 'second');
    if (!store.ok) throw new Error(store.error);
    const read = await store.value.read();
    await store.value.release();
    return read;
  };

  test.each([
    ['before a byte of the next was written', ''],
    ['in the middle of the next', 'abc\n{"generation":'],
  ])('B17 of which the writer was killed %s is the last whole one', async (_, torn) => {
    const directory = await written();
    await writeFile(join(directory, 'checkpoint.json.new'), torn);
    expect(await readAgain(directory)).toEqual({ ok: true, value: { generation: 1 } });
  });

  test('B17 whose next one is whole but was not renamed yet is still the old one, and can be replaced', async () => {
    const directory = await written();
    await copyFile(join(directory, 'checkpoint.json'), join(directory, 'checkpoint.json.new'));
    expect(await readAgain(directory)).toEqual({ ok: true, value: { generation: 1 } });
    const store = await openCheckpointStore(directory, 'third');
    if (!store.ok) throw new Error(store.error);
    await store.value.write({ generation: 2 });
    expect(await store.value.read()).toEqual({ ok: true, value: { generation: 2 } });
    await store.value.release();
  });

  test('B18 whose directory is away for a while is written again when it is back', async () => {
    const directory = join(await keepTempDirectory('gone'), 'checkpoints');
    await mkdir(directory);
    const store = await openCheckpointStore(directory, 'first');
    if (!store.ok) throw new Error(store.error);
    await rename(directory, `${directory}.away`);
    await expect(store.value.write({ generation: 1 })).rejects.toThrow();
    await rename(`${directory}.away`, directory);
    await store.value.write({ generation: 2 });
    expect(await store.value.read()).toEqual({ ok: true, value: { generation: 2 } });
    await store.value.release();
  });
});

describe('a syslog datagram', () => {
  async function receive(datagrams: readonly Buffer[]): Promise<readonly string[]> {
    const seen: string[] = [];
    const port = await findFreePort();
    const input = openSyslogInput(`127.0.0.1:${port}`, (bytes, start, end) =>
      seen.push(bytes.toString('latin1', start, end)),
    );
    await input.poll();
    const socket = createSocket('udp4');
    for (const datagram of [...datagrams, Buffer.from('<190>Nov 21 03:18:00 h t: last')]) {
      await new Promise((resolve) => socket.send(datagram, port, '127.0.0.1', resolve));
    }
    await waitUntil({ until: 'the last has come', holds: () => seen.at(-1) === 'last' });
    socket.close();
    await input.close();
    return seen.slice(0, -1);
  }

  test('C1 that is empty, huge, without a priority or of an unknown sender is one line or none', async () => {
    const huge = Buffer.alloc(65_000, 'x');
    const seen = await receive([
      Buffer.alloc(0),
      huge,
      Buffer.from('no priority'),
      Buffer.from('<999>Nov 21 03:18:00 h t: beyond 191'),
      Buffer.from('<190>Foo 99 99:99:99 h t: no date'),
      Buffer.from('<190>Nov 21 03:18:00  t: no host'),
    ]);
    expect(seen.map((line) => line.slice(0, 40))).toEqual([
      '',
      'x'.repeat(40),
      'no priority',
      'beyond 191',
      'no date',
      'no host',
    ]);
  });

  test('C1 with several lines is not several requests', async () => {
    const seen = await receive([Buffer.from('<190>Nov 21 03:18:00 h t: one\ntwo\n\n')]);
    expect(seen).toHaveLength(1);
  });
});
