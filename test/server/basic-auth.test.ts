import bcrypt, { hashSync } from 'bcryptjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBasicAuth, parseBasicCredentials } from '../../src/server/basic-auth.ts';

// The calls are counted, the real bcrypt answers.
vi.mock('bcryptjs', async (load) => {
  const real = await load<typeof import('bcryptjs')>();
  return { ...real, compare: vi.fn(real.compare) };
});
const compare = vi.mocked((await import('bcryptjs')).compare);

const hash = hashSync('secret', 4);
const users = new Map([['alice', hash]]);

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

afterEach(() => void compare.mockClear());

describe('createBasicAuth()', () => {
  const cases: readonly (readonly [what: string, header: string | undefined, verdict: string])[] = [
    ['the right password', basic('alice:secret'), 'accepted'],
    ['a scheme in other capitals', basic('alice:secret').replace('Basic', 'bASIC'), 'accepted'],
    ['a wrong password', basic('alice:Secret'), 'refused'],
    ['an empty password', basic('alice:'), 'refused'],
    ['an unknown user', basic('bob:secret'), 'refused'],
    ['an inherited name', basic('constructor:secret'), 'refused'],
    ['no header', undefined, 'refused'],
    ['another scheme', 'Bearer abc', 'refused'],
    ['no colon', basic('alice'), 'refused'],
    ['no base64', 'Basic ???', 'refused'],
    ['a password of a megabyte', basic(`alice:${'x'.repeat(1e6)}`), 'refused'],
  ];

  it.each(cases)('judges %s', async (_what, header, verdict) => {
    expect(await createBasicAuth()(header, users)).toBe(verdict);
  });

  it('takes the hashes that htpasswd and other tools write', async () => {
    const judge = createBasicAuth();
    for (const version of ['$2a$', '$2b$', '$2y$']) {
      const written = new Map([['alice', hash.replace(/^\$2.\$/, version)]]);
      expect(await judge(basic('alice:secret'), written)).toBe('accepted');
    }
  });

  it('pays for bcrypt once for the same credentials, right or wrong', async () => {
    const judge = createBasicAuth();
    for (const password of ['secret', 'secret', 'wrong', 'wrong']) {
      await judge(basic(`alice:${password}`), users);
    }
    expect(compare).toHaveBeenCalledTimes(2);
  });

  it('asks bcrypt for an unknown user too, so that time tells nothing', async () => {
    await createBasicAuth()(basic('bob:secret'), users);
    expect(compare).toHaveBeenCalledTimes(1);
  });

  it('does not share a verdict between credentials that join to the same text', async () => {
    const judge = createBasicAuth();
    const both = new Map([...users, ['alic', hash]]);
    expect(await judge(basic('alice:secret'), both)).toBe('accepted');
    expect(await judge(basic('alic:esecret'), both)).toBe('refused');
  });

  it('forgets a verdict when the hash of the user changes', async () => {
    const judge = createBasicAuth();
    expect(await judge(basic('alice:secret'), users)).toBe('accepted');
    const changed = new Map([['alice', hashSync('other', 4)]]);
    expect(await judge(basic('alice:secret'), changed)).toBe('refused');
  });

  it('keeps a right password through a flood of wrong ones', async () => {
    const judge = createBasicAuth();
    await judge(basic('alice:secret'), users);
    for (let guess = 0; guess < 120; guess += 1) await judge(basic(`alice:${guess}`), users);
    compare.mockClear();
    expect(await judge(basic('alice:secret'), users)).toBe('accepted');
    expect(compare).not.toHaveBeenCalled();
  });

  it('checks one password at a time and turns away what would wait too long', async () => {
    let running = 0;
    let most = 0;
    const real = bcrypt.compare;
    compare.mockImplementation(async (password: string, stored: string) => {
      running += 1;
      most = Math.max(most, running);
      const right = await real(password, stored);
      running -= 1;
      return right;
    });
    const judge = createBasicAuth();
    const guesses = Array.from({ length: 40 }, (_, guess) => judge(basic(`a:${guess}`), users));
    const verdicts = await Promise.all(guesses);
    expect(most).toBe(1);
    expect(verdicts.filter((verdict) => verdict === 'busy')).toHaveLength(8);
  });
});

describe('parseBasicCredentials()', () => {
  it('ends the name at the first colon', () => {
    expect(parseBasicCredentials(basic('a:b:c'))).toEqual({ user: 'a', password: 'b:c' });
  });
});
