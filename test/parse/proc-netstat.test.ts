import { expect, test } from 'vitest';
import { parseProcNetstat } from '../../src/parse/proc-netstat.ts';

test('parseProcNetstat() finds the listen counters by name', () => {
  const text = [
    'TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPHPHits',
    'TcpExt: 0 27 31 90210',
    'IpExt: InNoRoutes InTruncatedPkts',
    'IpExt: 0 0',
    '',
  ].join('\n');
  expect(parseProcNetstat(text)).toEqual({ listenOverflows: 27, listenDrops: 31 });
});

test.each([
  ['an empty file', ''],
  ['a file without TcpExt', 'IpExt: InNoRoutes\nIpExt: 0\n'],
  ['names without values', 'TcpExt: ListenOverflows ListenDrops\n'],
  ['values cut off', 'TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 0 2\n'],
  ['values that are no counts', 'TcpExt: ListenOverflows ListenDrops\nTcpExt: -1 NaN\n'],
])('parseProcNetstat() keeps the counters of %s absent', (_, text) => {
  expect(parseProcNetstat(text)).toEqual({});
});

test('parseProcNetstat() keeps one counter when the kernel does not have the other', () => {
  expect(parseProcNetstat('TcpExt: ListenDrops\r\nTcpExt: 4\r\n')).toEqual({ listenDrops: 4 });
});
