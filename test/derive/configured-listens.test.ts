import { expect, test } from 'vitest';
import { deriveApacheListens, deriveNginxListens } from '../../src/derive/configured-listens.ts';

const listen = (...args: readonly string[]) => ({ name: 'listen', args });
const nginx = (...block: readonly ReturnType<typeof listen>[]) =>
  deriveNginxListens([{ name: 'http', args: [], block: [{ name: 'server', args: [], block }] }]);

test.each([
  [['8080'], [{ port: 8080 }]],
  [['*:8080'], [{ port: 8080 }]],
  [['0.0.0.0:8080'], [{ port: 8080 }]],
  [['10.0.0.1:8080', 'ssl'], [{ port: 8080, address: '10.0.0.1' }]],
  [['10.0.0.1'], [{ port: 80, address: '10.0.0.1' }]],
  [['[::1]:8080'], [{ port: 8080, address: '::1' }]],
  [['[::1]'], [{ port: 80, address: '::1' }]],
  [['[::]:8080'], [{ port: 8080 }]],
  [['shop.example:8080'], [{ port: 8080 }]],
  [['1.shop.example:8080'], [{ port: 8080 }]],
  [['shop.example'], [{ port: 80 }]],
  [['unix:/run/nginx.sock'], []],
  [['8443', 'quic'], []],
  [[], [{ port: 80 }]],
])('deriveNginxListens() reads listen %j', (args, expected) => {
  expect(nginx(listen(...args))).toEqual(expected);
});

test('deriveNginxListens() adds port 80 to a server without listen, and each endpoint once', () => {
  expect(nginx()).toEqual([{ port: 80 }]);
  expect(nginx(listen('80'), listen('10.0.0.1:80'), listen('10.0.0.2:80'), listen('80'))).toEqual([
    { port: 80 },
    { port: 80, address: '10.0.0.1' },
    { port: 80, address: '10.0.0.2' },
  ]);
  expect(deriveNginxListens([{ name: 'stream', args: [], block: [] }])).toEqual([]);
});

test.each([
  ['443', [{ port: 443 }]],
  ['10.0.0.1:443', [{ port: 443, address: '10.0.0.1' }]],
  ['[2001:db8::1]:443', [{ port: 443, address: '2001:db8::1' }]],
  ['443x', []],
  ['x:y:443', []],
  ['123456', []],
])('deriveApacheListens() reads Listen %s', (where, expected) => {
  expect(deriveApacheListens([listen(where, 'https'), { name: 'user', args: ['80'] }])).toEqual(
    expected,
  );
});
