import { expect, test } from 'vitest';
import { compareVersions, parseServerVersion } from '../../src/derive/server-version.ts';

test.each([
  ['Apache/2.4.62 (Debian) OpenSSL/3.0', '2.4.62'],
  ['nginx/1.22.1', '1.22.1'],
  ['Apache', undefined],
  ['nginx/', undefined],
  ['a/b/1.2', undefined],
  [undefined, undefined],
])('parseServerVersion(%j) is %j', (text, version) => {
  expect(parseServerVersion(text)).toBe(version);
});

test.each([
  ['2.4.9', '2.4.10', -1],
  ['2.4.30', '2.4.30', 0],
  ['2.5', '2.4.99', 1],
  ['2.4', '2.4.0', 0],
  ['2.4', '2.4.1', -1],
  ['2.4.1', '2.4', 1],
])('compareVersions(%s, %s) has the sign of %i', (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
});
