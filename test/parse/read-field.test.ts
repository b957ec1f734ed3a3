import { expect, test } from 'vitest';
import {
  readConnectionStatus,
  readMethod,
  readProtocol,
  readRequest,
  readStatus,
  vhostReader,
} from '../../src/parse/log-format/read-field.ts';
import {
  ABSENT,
  createLogRecord,
  type LogRecord,
  logMethods,
  logProtocols,
} from '../../src/snapshot/log-record.ts';

/** Reads the text within other bytes: a reader must keep to its range. */
function read(reader: typeof readStatus, text: string): LogRecord & { readonly readable: boolean } {
  const record = createLogRecord();
  const bytes = Buffer.from(`x${text}x`);
  const readable = reader(bytes, 1, bytes.length - 1, record);
  return { ...record, readable };
}

test.each([
  ['200', { status: 200, aborted: false, readable: true }],
  ['499', { status: 499, aborted: true, readable: true }],
  ['000', { status: 0, readable: true }],
  ['-', { status: 0, readable: true }],
  ['', { status: 0, readable: true }],
  ['20x', { status: ABSENT, readable: false }],
  ['200.5', { status: ABSENT, readable: false }],
])('readStatus() of "%s" is %j', (text, expected) => {
  expect(read(readStatus, text)).toMatchObject(expected);
});

test.each([
  ['GET', 'GET'],
  ['PUT', 'PUT'],
  ['PATCH', 'PATCH'],
  ['PET', 'other'],
  ['GETS', 'other'],
  ['-', 'none'],
  ['', 'none'],
])('readMethod() of "%s" is %s', (text, method) => {
  const { method: found, readable } = read(readMethod, text);
  expect([logMethods[found], readable]).toEqual([method, true]);
});

test.each([
  ['HTTP/0.9', 'HTTP/0.9'],
  ['HTTP/1.0', 'HTTP/1.0'],
  ['HTTP/1.1', 'HTTP/1.1'],
  ['HTTP/2.0', 'HTTP/2.0'],
  ['HTTP/2', 'HTTP/2.0'],
  ['HTTP/3', 'HTTP/3.0'],
  ['HTTP/4', 'other'],
  ['-', 'none'],
])('readProtocol() of "%s" is %s', (text, protocol) => {
  const { protocol: found, readable } = read(readProtocol, text);
  expect([logProtocols[found], readable]).toEqual([protocol, true]);
});

test.each([
  ['GET / HTTP/1.1', 'GET', 'HTTP/1.1'],
  ['GET /a b HTTP/2.0', 'GET', 'HTTP/2.0'],
  ['GET /', 'GET', 'HTTP/0.9'],
  ['GET', 'GET', 'none'],
  ['GET ', 'GET', 'HTTP/0.9'],
  ['\\x16\\x03', 'other', 'none'],
])('readRequest() of "%s" is %s, %s', (text, method, protocol) => {
  const record = read(readRequest, text);
  expect([logMethods[record.method], logProtocols[record.protocol]]).toEqual([method, protocol]);
  expect(record).toMatchObject({ requestEmpty: false, readable: true });
});

test.each(['-', ''])('readRequest() of "%s" is empty', (text) => {
  expect(read(readRequest, text)).toMatchObject({ requestEmpty: true, readable: true });
});

test.each([
  ['+', { keptOpen: 1, aborted: false }],
  ['-', { keptOpen: 0, aborted: false }],
  ['X', { keptOpen: 0, aborted: true }],
  ['x', { keptOpen: ABSENT, aborted: false }],
  ['++', { keptOpen: ABSENT, aborted: false }],
  ['', { keptOpen: ABSENT, aborted: false }],
])('readConnectionStatus() of "%s" is %j', (text, expected) => {
  expect(read(readConnectionStatus, text)).toMatchObject({ ...expected, readable: true });
});

const allowed = ['shop.example', '[2001:db8::1]', 'a:b'];

test.each([
  ['shop.example', 0],
  ['shop.example:8080', 0],
  ['[2001:db8::1]:443', 1],
  ['[2001:db8::1]', 1],
  ['2001:db8::1', 1],
  ['a:b', 2],
  ['shop.example.org', 3],
  ['shop', 3],
  ['', 3],
])('vhostReader() finds the place of "%s" in the list: %s', (text, place) => {
  expect(read(vhostReader(allowed), text)).toMatchObject({ vhost: place, readable: true });
});

test('vhostReader() with an empty list knows no host', () => {
  expect(read(vhostReader([]), 'shop.example').vhost).toBe(0);
});
