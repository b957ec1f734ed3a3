import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseKeepAlive } from '../../src/parse/connection-headers.ts';
import { createResponseReader, saysPersistent } from '../../src/parse/http-response.ts';

/** The state after the text, in pieces of that size. */
function read(text: string, size = text.length) {
  const reader = createResponseReader();
  let state = reader.push('');
  for (let at = 0; at < text.length && state.kind === 'reading'; at += size) {
    state = reader.push(text.slice(at, at + size));
  }
  return state;
}

const sized = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const chunked =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n';

describe('createResponseReader()', () => {
  test.each([
    ['a length', sized],
    ['chunks', chunked],
    ['no body by its status', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n'],
    ['an interim answer before it', `HTTP/1.1 100 Continue\r\n\r\n${sized}`],
    ['bare line feeds', sized.replaceAll('\r', '')],
    ['the same length twice', sized.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\n')],
  ])('finds the end of an answer with %s, in pieces of any size', (_, text) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (size) => {
        expect(read(text, size)).toMatchObject({ kind: 'whole', surplus: 0 });
        expect(read(text.slice(0, -1), size)).toEqual({ kind: 'reading' });
      }),
    );
  });

  test('counts what follows the end of the answer', () => {
    expect(read(`${sized}more`)).toMatchObject({ kind: 'whole', surplus: 4 });
  });

  test('ends a body without a length with the connection only', () => {
    const reader = createResponseReader();
    expect(reader.push('HTTP/1.1 200 OK\r\n\r\nhello')).toEqual({ kind: 'reading' });
    expect(reader.finish()).toMatchObject({ kind: 'whole', head: { endsWithConnection: true } });
  });

  test('an answer that is cut off is not complete', () => {
    const reader = createResponseReader();
    reader.push(sized.slice(0, -1));
    expect(reader.finish()).toEqual({ kind: 'reading' });
  });

  test.each([
    ['garbage', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(12_000)}`],
    ['a line that is no header', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    [
      'a chunk line without end',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1'.repeat(2000)}`,
    ],
  ])('calls %s broken', (_, text) => {
    expect(read(text)).toMatchObject({ kind: 'broken' });
    expect(read(text, 1000)).toMatchObject({ kind: 'broken' });
  });

  test.each([
    ['a length', `HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n`],
    ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n'],
    ['neither', 'HTTP/1.1 200 OK\r\n\r\n'],
  ])('stops at 1 MiB of a body with %s', (_, head) => {
    expect(read(`${head}${'x'.repeat(2 ** 20 + 1)}`, 10_000)).toMatchObject({ kind: 'too_large' });
  });

  test('reads the size of a chunk as a hexadecimal number', () => {
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n';
    const text = `${head}1F\r\n${'x'.repeat(31)}\r\n0\r\n\r\n`;
    expect(read(text)).toMatchObject({ kind: 'whole', surplus: 0 });
    expect(read(`${text}12`)).toMatchObject({ kind: 'whole', surplus: 2 });
  });

  test.each([
    ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n', 'whole'],
    ['no length', 'HTTP/1.1 200 OK\r\n\r\n', 'reading'],
  ])('reads a body of exactly 1 MiB with %s', (_, head, kind) => {
    expect(read(`${head}${'x'.repeat(2 ** 20)}`, 10_000)).toMatchObject({ kind });
  });

  test.each([
    'HTTP/1.1 204 No Content\r\n\r\n',
    'HTTP/1.1 304 Not Modified\r\n\r\n',
    'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n',
  ])('needs no body after %j', (text) => {
    expect(read(text)).toMatchObject({ kind: 'whole', head: { endsWithConnection: false } });
  });

  test('reads a body with another coding to the end of the connection', () => {
    const reader = createResponseReader();
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n';
    expect(reader.push(`${head}0\r\n\r\n`)).toEqual({ kind: 'reading' });
    expect(reader.finish()).toMatchObject({ kind: 'whole', head: { endsWithConnection: true } });
  });

  test('reads version, status and headers, repeated ones joined', () => {
    const head = 'HTTP/1.0 404 Not Found\r\nX-A:1\r\nContent-Length: 0\r\nx-a: 2 \r\n\r\n';
    const state = read(head);
    if (state.kind !== 'whole') throw new Error(state.kind);
    expect(state.head).toMatchObject({ version: '1.0', status: 404 });
    expect(Object.fromEntries(state.head.headers)).toEqual({
      'x-a': '1, 2',
      'content-length': '0',
    });
  });

  test.each([
    ['HTTP/2.0 200 OK\r\n\r\n', 'the answer does not begin with "HTTP/1."'],
    ['HTTP/1.2 200 OK\r\n\r\n', 'the header of the answer is malformed'],
    ['HTTP/1.1 20 OK\r\n\r\n', 'the header of the answer is malformed'],
    ['HTTP/1.1 200OK\r\n\r\n', 'the header of the answer is malformed'],
    ['HTTP/1.1 200 OK\r\n: x\r\n\r\n', 'the header of the answer is malformed'],
    [
      'HTTP/1.1 200 OK\r\nContent-Length: 1234567890123456\r\n\r\n',
      'the header of the answer is malformed',
    ],
    [`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(66_000)}`, 'the header is larger than 64 KiB'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 bytes\r\n', 'a chunk is malformed'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx5\r\n', 'a chunk is malformed'],
  ])('says what is wrong with %j', (text, detail) => {
    expect(read(text)).toEqual({ kind: 'broken', detail });
  });

  test('throws for no text', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (text, isHttp) => {
        read(isHttp ? `HTTP/1.1 200 OK\r\n${text}` : text, 3);
      }),
    );
  });
});

test.each([
  ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', true],
  ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n', false],
  ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: upgrade, close\r\n\r\n', false],
  ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', false],
  ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n', true],
])('saysPersistent() of %j is %s', (text, expected) => {
  const state = read(text);
  expect(state.kind === 'whole' && saysPersistent(state.head)).toBe(expected);
});

test.each([
  ['timeout=5, max=99', { timeoutSeconds: 5, requestsLeft: 99 }],
  ['Timeout=60', { timeoutSeconds: 60 }],
  ['max=1', { requestsLeft: 1 }],
  ['timeout=-5', undefined],
  ['timeout=soon, max', undefined],
  [undefined, undefined],
])('parseKeepAlive(%j) is %j', (header, expected) => {
  expect(parseKeepAlive(header)).toEqual(expected);
});
