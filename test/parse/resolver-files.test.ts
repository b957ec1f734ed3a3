import { describe, expect, test } from 'vitest';
import {
  parseHostsFile,
  parseResolvConf,
  searchCandidates,
} from '../../src/parse/resolver-files.ts';

test('parseHostsFile() returns every address of a name, without comments, in lower case', () => {
  const hosts = parseHostsFile(
    '127.0.0.1 localhost\n::1 localhost ip6-localhost # both\n# 10.0.0.1 old\n10.0.0.2\tShop shop.example\r\n\n',
  );
  expect(hosts.get('localhost')).toEqual(['127.0.0.1', '::1']);
  expect(hosts.get('shop')).toEqual(['10.0.0.2']);
  expect(hosts.get('shop.example')).toEqual(['10.0.0.2']);
  expect(hosts.has('old')).toBe(false);
});

test('parseResolvConf() takes the last search line and a bounded ndots', () => {
  const text = 'domain a.example\nsearch b.example c.example\noptions timeout:1 ndots:99\n';
  expect(parseResolvConf(text)).toEqual({ domains: ['b.example', 'c.example'], ndots: 15 });
  expect(parseResolvConf('nameserver 10.0.0.1\n')).toEqual({ domains: [], ndots: 1 });
});

describe('searchCandidates()', () => {
  const search = { domains: ['ns.svc.cluster.local', 'example.'], ndots: 2 };

  test.each([
    ['shop', ['shop.ns.svc.cluster.local', 'shop.example', 'shop']],
    [
      'shop.team.example',
      ['shop.team.example', 'shop.team.example.ns.svc.cluster.local', 'shop.team.example.example'],
    ],
    ['shop.', ['shop']],
  ])('asks for %s in the resolver’s order', (name, wanted) => {
    expect(searchCandidates(name, search)).toEqual(wanted);
  });
});
