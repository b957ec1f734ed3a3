import { describe, expect, test } from 'vitest';
import { type CriStream, createCriUnwrapper } from '../../src/parse/cri-line.ts';
import { parseUdpDrops } from '../../src/parse/proc-net-udp.ts';
import { parseOpenFilesLimit, parseProcessStat, parseRollup } from '../../src/parse/proc-pid.ts';
import { createLineSplitter } from '../../src/parse/split-lines.ts';
import { syslogMessageStart } from '../../src/parse/syslog-message.ts';

const bytes = (text: string) => Buffer.from(text);
const decode = (from: Buffer, start: number, end: number) => from.toString('utf8', start, end);

describe('createCriUnwrapper()', () => {
  function open(stream: CriStream = 'stdout', unfinished = Buffer.alloc(0)) {
    const seen: string[] = [];
    const unwrapper = createCriUnwrapper({
      stream,
      consume: (from, start, end) => seen.push(decode(from, start, end)),
      unfinished,
      limit: 20,
    });
    // As in a reader, all lines come in one buffer that is used again.
    const reused = Buffer.alloc(100);
    const take = (...lines: readonly string[]) => {
      for (const line of lines) unwrapper.consume(reused, 0, reused.write(line));
      return seen;
    };
    return { unwrapper, take };
  }

  const at = '2026-11-21T03:18:00.123456789Z';

  test('joins the parts of a line, and takes the lines of one stream', () => {
    const lines = [
      `${at} stdout P one `,
      `${at} stderr F error`,
      `${at} stdout P two `,
      `${at} stdout F three`,
      `${at} stdout F `,
      `${at} stdout F next`,
    ];
    expect(open('stdout').take(...lines)).toEqual(['one two three', '', 'next']);
    expect(open('stderr').take(...lines)).toEqual(['error']);
  });

  test('begins each joined line empty', () => {
    const { take } = open();
    const joined = [`${at} stdout P one `, `${at} stdout F two`];
    expect(take(...joined, ...joined)).toEqual(['one two', 'one two']);
  });

  test('joins a line that is as long as the limit, and drops one that is longer by a byte', () => {
    const { unwrapper, take } = open();
    const part = `${at} stdout P 0123456789`;
    expect(take(part, `${at} stdout F 0123456789`)).toEqual(['01234567890123456789']);
    expect(unwrapper.tooLong()).toBe(0);
    take(part, `${at} stdout F 0123456789a`, part, `${at} stdout F b`);
    expect(take()).toEqual(['01234567890123456789', '0123456789b']);
    expect(unwrapper.tooLong()).toBe(1);
  });

  test('B8 keeps no more than the limit of an endless line, and counts it once', () => {
    const { unwrapper, take } = open();
    const part = `${at} stdout P 0123456789`;
    expect(take(part, part, part, part, `${at} stdout F end`, `${at} stdout F next`)).toEqual([
      'next',
    ]);
    expect(unwrapper.tooLong()).toBe(1);
  });

  test('a million empty or small parts cost no more than their bytes', () => {
    const { unwrapper, take } = open();
    const before = process.memoryUsage().heapUsed;
    const reused = Buffer.from(`${at} stdout P `);
    for (let n = 0; n < 1_000_000; n++) unwrapper.consume(reused, 0, reused.length);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
    expect(unwrapper.unfinished()).toHaveLength(0);
    expect(take(`${at} stdout P a`, `${at} stdout F b`)).toEqual(['ab']);
  });

  test('continues with the unfinished line of another unwrapper', () => {
    const first = open();
    first.take(`${at} stdout P one `, `${at} stdout P two `);
    const second = open('stdout', Buffer.from(first.unwrapper.unfinished()));
    expect(second.take(`${at} stdout F three`)).toEqual(['one two three']);
  });

  test.each([
    'garbage',
    '',
    `${at} stdxyz F text`,
    `${at} stdout X text`,
    `${at} stdoutx F text`,
    `${at} stdou F text`,
    `${at} stdoutF text`,
    `${at} stdout F`,
  ])('hands on %j, which is not in the format', (line) => {
    expect(open().take(line)).toEqual([line]);
  });
});

test.each([
  ['<190>Nov 21 03:18:00 web nginx: GET /', 'GET /'],
  ['<189>Nov  1 03:18:00  ngerr: text', 'text'],
  ['<190>Nov 21 03:18:00 nginx: text', 'text'],
  ['<165>1 2026-11-21T03:18:00Z web app 1 ID47 [a@1 k="v\\"]"] text', 'text'],
  ['<165>1 2026-11-21T03:18:00Z - - - - - text', 'text'],
  ['text without a header', 'text without a header'],
  ['', ''],
])('C1 syslogMessageStart() finds the message of %j', (datagram, message) => {
  expect(bytes(datagram).slice(syslogMessageStart(bytes(datagram)))).toEqual(bytes(message));
});

describe('createLineSplitter()', () => {
  test('B7 returns the same lines however the bytes are cut', () => {
    const text = bytes('one\n\ntwo\r\nthree\nfour');
    for (let size = 1; size <= text.length; size++) {
      const seen: string[] = [];
      const splitter = createLineSplitter();
      for (let at = 0; at < text.length; at += size) {
        splitter.push(text.subarray(at, at + size), (from, start, end) =>
          seen.push(decode(from, start, end)),
        );
      }
      expect(seen).toEqual(['one', '', 'two\r', 'three']);
      expect(splitter.pending()).toBe(4);
    }
  });

  test('B8 counts a line over the limit once and keeps no byte of it', () => {
    const seen: string[] = [];
    const splitter = createLineSplitter(10);
    for (const part of ['12345', '6789', '01234\nshort\n']) {
      splitter.push(bytes(part), (from, start, end) => seen.push(decode(from, start, end)));
    }
    expect(seen).toEqual(['short']);
    expect(splitter.tooLong()).toBe(1);
  });

  const limit = 10;
  function split(...parts: readonly string[]) {
    const seen: string[] = [];
    const splitter = createLineSplitter(limit);
    for (const part of parts) {
      splitter.push(bytes(part), (from, start, end) => seen.push(decode(from, start, end)));
    }
    return { seen, tooLong: splitter.tooLong(), pending: splitter.pending() };
  }

  test.each<readonly [string, readonly string[]]>([
    ['in one piece', ['0123456789\n0123456789a\nb\n']],
    ['in two pieces', ['01234', '56789\n01234', '56789a\nb\n']],
  ])('passes on a line as long as the limit and counts a longer one, %s', (_, parts) => {
    expect(split(...parts)).toEqual({ seen: ['0123456789', 'b'], tooLong: 1, pending: 0 });
  });

  test('counts the bytes of a long line as pending, and keeps lines after it', () => {
    expect(split('0123456', '789a', 'bc')).toEqual({ seen: [], tooLong: 0, pending: 13 });
    expect(split('0123456', '789a', 'bc\nd', 'e\nf')).toEqual({
      seen: ['de'],
      tooLong: 1,
      pending: 1,
    });
  });

  test('skips NUL bytes where a line begins, and keeps them within a line', () => {
    expect(split('\0\0a\n\0b\n').seen).toEqual(['a', 'b']);
    expect(split('a', '\0b\n').seen).toEqual(['a\0b']);
    expect(split('0123456789a', '\0\n\0b\n')).toEqual({ seen: ['b'], tooLong: 1, pending: 0 });
  });
});

test('C2 parseUdpDrops() adds up the drops of one port', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 100: 0100007F:1414 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 100 2 0000 13447
 101: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 101 2 0000 9
`;
  expect(parseUdpDrops(table, 0x1414)).toBe(13_447);
  expect(parseUdpDrops(table, 1)).toBeUndefined();
  expect(parseUdpDrops('', 1)).toBeUndefined();
});

describe('/proc/PID', () => {
  test('parseProcessStat() counts fields after the name, even if the name has blanks and parentheses', () => {
    const fields = ['S', '7', ...Array.from({ length: 19 }, () => '0'), '1234'];
    expect(parseProcessStat(`42 (a) b) ${fields.join(' ')} 0`)).toEqual({
      state: 'S',
      parentPid: 7,
      residentPages: 1234,
    });
    expect(parseProcessStat('')).toBeUndefined();
  });

  test('parseRollup() and parseOpenFilesLimit() read one line each', () => {
    expect(parseRollup('Rss:  9 kB\nPss:                 120 kB\n')).toBe(122_880);
    expect(parseRollup('')).toBeUndefined();
    expect(
      parseOpenFilesLimit(
        'Max open files            1024                 4096                 files\n',
      ),
    ).toBe(1024);
    expect(
      parseOpenFilesLimit('Max open files            unlimited  unlimited files\n'),
    ).toBeUndefined();
  });
});
