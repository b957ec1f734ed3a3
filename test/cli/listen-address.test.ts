import { expect, test } from 'vitest';
import { parseListenAddress, renderLocalUrl } from '../../src/cli/listen-address.ts';

test.each([
  [':9921', { host: '::', port: 9921 }],
  ['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
  ['[::1]:9921', { host: '::1', port: 9921 }],
  ['web.example:0', { host: 'web.example', port: 0 }],
  ['9921', undefined],
  ['::1:9921', undefined],
  [':65536', undefined],
  ['a b:1', undefined],
  ['', undefined],
])('parseListenAddress(%j) is %j', (text, wanted) => {
  expect(parseListenAddress(text)).toEqual(wanted);
});

test.each([
  [':9921', 'http://localhost:9921'],
  ['0.0.0.0:9921', 'http://localhost:9921'],
  ['127.0.0.1:80', 'http://127.0.0.1:80'],
  ['[::1]:9921', 'http://[::1]:9921'],
  ['shop:9921', 'http://shop:9921'],
])('renderLocalUrl() leads a browser to what listens on %s', (text, expected) => {
  const address = parseListenAddress(text);
  expect(address && renderLocalUrl(address)).toBe(expected);
});
