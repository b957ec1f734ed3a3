import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HashKey, hashAddress } from '../../src/parse/log-format/hash-address.ts';
import { defaultJsonKeys } from '../../src/parse/log-format/json-format.ts';
import { parseLogFormat } from '../../src/parse/log-format/parse-log-format.ts';
import { ABSENT, createLogRecord } from '../../src/snapshot/log-record.ts';

const addressKey: HashKey = [0x9e3779b9, 0x7f4a7c15];

function read(format: string, line: string) {
  const jsonKeys = { ...defaultJsonKeys, began: '%{msec}t' };
  const parsed = parseLogFormat({ format, jsonKeys, addressKey });
  if (!parsed.ok) throw new Error(parsed.error);
  const bytes = Buffer.from(line);
  const record = createLogRecord();
  expect(parsed.value.parse(bytes, 0, bytes.length, record)).toBe(true);
  return record;
}

const hash = (text: string, key = addressKey) =>
  hashAddress(Buffer.from(text), 0, Buffer.byteLength(text), key);

describe('the fields of a connection', () => {
  test("nginx's $connection and $remote_addr", () => {
    const record = read('$remote_addr $connection $connection_requests', '203.0.113.9 77 3');
    expect(record).toMatchObject({
      connection: 77,
      client: hash('203.0.113.9'),
      requestOnConnection: 3,
      remotePort: ABSENT,
      keptOpen: ABSENT,
      timeIsBegin: false,
    });
  });

  test("Apache's peer address and port; the peer ranks before the client a header names", () => {
    const record = read('%h %{c}a %{remote}p %k %X', '198.51.100.1 10.0.0.7 50314 0 +');
    expect(record).toMatchObject({
      client: hash('10.0.0.7'),
      remotePort: 50_314,
      requestOnConnection: 1,
      keptOpen: 1,
    });
  });

  test.each([
    ['+', 1, false],
    ['-', 0, false],
    ['X', 0, true],
  ])('%%X "%s": kept open %i, aborted %s', (text, keptOpen, aborted) => {
    expect(read('%h %X', `10.0.0.1 ${text}`)).toMatchObject({ keptOpen, aborted });
  });

  test.each([
    ['%h %{msec}t', true],
    ['%h %{begin:msec}t', true],
    ['%h %{end:msec}t', false],
    ['%h %t', true],
    ['$remote_addr $msec', false],
  ])('in %s the time is that of the beginning: %s', (format, timeIsBegin) => {
    const time = format.includes('msec')
      ? format.startsWith('%')
        ? '1795230000123'
        : '1795230000.123'
      : '[21/Nov/2026:03:18:00 +0000]';
    expect(read(format, `10.0.0.1 ${time}`)).toMatchObject({ timeIsBegin });
  });

  test('JSON keys give them too', () => {
    const line = {
      remote_addr: '10.0.0.1',
      remote_port: 4711,
      connection: 9,
      began: 1795230000123,
    };
    expect(read('json', JSON.stringify(line))).toMatchObject({
      client: hash('10.0.0.1'),
      remotePort: 4711,
      connection: 9,
      timeIsBegin: true,
    });
  });

  test('a "-", a name in place of a number and a port beyond 65535 are absent, the line is read', () => {
    const record = read('$remote_addr $remote_port $connection $status', '- 70000 x 200');
    expect(record).toMatchObject({ status: 200, badFields: 0 });
    expect([record.client, record.remotePort, record.connection]).toEqual([ABSENT, ABSENT, ABSENT]);
  });

  test('without a key no address is hashed', () => {
    const parsed = parseLogFormat({ format: '$remote_addr $connection $status' });
    if (!parsed.ok) throw new Error(parsed.error);
    const bytes = Buffer.from('10.0.0.1 7 200');
    const record = createLogRecord();
    parsed.value.parse(bytes, 0, bytes.length, record);
    expect(record).toMatchObject({ client: ABSENT, connection: ABSENT, status: 200 });
    expect(parsed.value.fields).toEqual(new Set(['status']));
  });
});

describe('hashAddress()', () => {
  test('is a whole number that a double holds, and differs by key and by address', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), (a, b) => {
        expect(Number.isSafeInteger(hash(a))).toBe(true);
        expect(hash(a)).toBeGreaterThanOrEqual(0);
        expect(hash(a) === hash(b)).toBe(a === b);
        expect(hash(a)).not.toBe(hash(a, [1, 2]));
      }),
    );
  });

  test('a hundred thousand neighbouring addresses have a hundred thousand hashes', () => {
    const seen = new Set<number>();
    const low = new Set<number>();
    for (let n = 0; n < 100_000; n++) {
      const value = hash(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
      seen.add(value);
      low.add(value % 65_536);
    }
    expect(seen.size).toBe(100_000);
    // Of 65,536 places 78 % are taken when they are chosen at random.
    expect(low.size).toBeGreaterThan(50_000);
  });
});
