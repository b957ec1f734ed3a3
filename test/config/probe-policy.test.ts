import { describe, expect, test } from 'vitest';
import { admitProbe, findModule, probeUrl } from '../../src/config/probe-policy.ts';
import { configSchema } from '../../src/config/schema.ts';

const { allow, modules } = configSchema.parse({
  probe: {
    allow: [
      { host: '*.internal', ports: [80, 8080] },
      { host: 'web.example' },
      { cidr: '10.0.0.0/8', ports: [80] },
      { cidr: '169.254.0.0/16' },
      { cidr: 'fd00::/8' },
    ],
    modules: { apache: { server: 'apache', path: '/server-status?auto' } },
  },
}).probe;

function urlOf(target: string): URL {
  const url = probeUrl(target, modules['apache'] as NonNullable<(typeof modules)[string]>);
  if (!url.ok) throw new Error(url.error.reason);
  return url.value;
}

const admits = (target: string, ...addresses: string[]) =>
  admitProbe(urlOf(target), addresses, allow) === undefined;

describe('admitProbe()', () => {
  test.each([
    ['a.internal', '192.168.1.1'],
    ['A.Internal:8080', '192.168.1.1'],
    ['web.example', '203.0.113.9'],
    ['https://web.example', '203.0.113.9'],
    ['10.1.2.3', '10.1.2.3'],
    ['[::ffff:10.1.2.3]', '::ffff:10.1.2.3'],
    ['[fd00::1]', 'fd00::1'],
    ['a.internal', '64:ff9b::c0a8:101'],
  ])('lets %s at %s through', (target, address) => {
    expect(admits(target, address)).toBe(true);
  });

  test.each([
    ['internal', '192.168.1.1', 'the domain itself is no subdomain'],
    ['evil-internal', '192.168.1.1', 'a suffix without its dot'],
    ['a.internal:81', '192.168.1.1', 'a port not listed'],
    ['web.example:8080', '203.0.113.9', 'a port beyond the default ones'],
    ['10.1.2.3:8080', '10.1.2.3', 'a port not listed for the network'],
    ['11.1.2.3', '11.1.2.3', 'a foreign network'],
    ['a.internal', '169.254.169.254', 'an allowed name that points at the metadata service'],
    ['169.254.169.254', '169.254.169.254', 'link-local, though its network is allowed'],
    ['[::ffff:169.254.169.254]', '::ffff:169.254.169.254', 'link-local as mapped IPv6'],
    ['[fd00:ec2::254]', 'fd00:ec2::254', 'the metadata service over IPv6'],
    ['[fe80::1]', 'fe80::1', 'link-local IPv6'],
    ['a.internal', '100.100.100.200', 'another cloud’s metadata service'],
    ['a.internal', '64:ff9b::a9fe:a9fe', 'link-local through NAT64'],
    ['a.internal', '64:ff9b::6464:64c8', 'a metadata service through NAT64'],
    ['a.internal', '64:ff9b:1::a9fe:a9fe', 'a translation prefix that is not the well-known one'],
    ['a.internal', '2002:a9fe:a9fe::1', 'a 6to4 address'],
    ['a.internal', '2001:0:1::a9fe:a9fe', 'a Teredo address'],
    ['a.internal', '::ffff:0:a9fe:a9fe', 'an IPv4-translated address'],
    ['a.internal', '::169.254.169.254', 'link-local as IPv4-compatible IPv6'],
    ['a.internal', '0.0.0.0', 'the unspecified address'],
    ['a.internal', 'not-an-address', 'an address that cannot be read'],
  ])('D4 refuses %s at %s: %s', (target, address) => {
    expect(admits(target, address)).toBe(false);
  });

  test('A15 D4 refuses a name when one of its addresses is refused', () => {
    expect(admits('a.internal', '192.168.1.1', '169.254.169.254')).toBe(false);
  });

  test('refuses an address in the allowed network beside one outside', () => {
    expect(admits('other.example', '10.0.0.1', '11.0.0.1')).toBe(false);
  });
});

describe('probeUrl()', () => {
  test('completes a bare host with the module’s scheme and path', () => {
    expect(urlOf('shop.internal:8080').href).toBe('http://shop.internal:8080/server-status?auto');
  });

  test.each([
    '',
    'file:///etc/passwd',
    'http://user:pw@a.internal/',
    'http://',
    'a b',
    'x'.repeat(3000),
  ])('D4 refuses %s as malformed', (target) => {
    const url = probeUrl(target, modules['apache'] as NonNullable<(typeof modules)[string]>);
    expect(url).toMatchObject({ ok: false, error: { status: 400 } });
  });
});

describe('findModule()', () => {
  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', ''])(
    'D4 B12 finds no module called %j',
    (name) => {
      expect(findModule({ modules }, name)).toBeUndefined();
    },
  );

  test('finds a module of the configuration', () => {
    expect(findModule({ modules }, 'apache')?.server).toBe('apache');
    expect(findModule({ modules })).toBeUndefined();
  });
});
