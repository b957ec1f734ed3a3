import { hashSync } from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { createBasicAuth, parseBasicCredentials } from '../../src/server/basic-auth.ts';
import { createPasswordChecker } from '../../src/server/check-password.ts';

const hash = hashSync('secret', 4);
const users = new Map([['alice', hash]]);
const checkPassword = createPasswordChecker();

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

/** A judge whose checks are counted; the real bcrypt answers. */
function createJudge() {
  const counted = { checks: 0, now: 0 };
  const judge = createBasicAuth({
    now: () => counted.now,
    checkPassword: (password, stored) => {
      counted.checks += 1;
      return checkPassword(password, stored);
    },
  });
  const ask = (header: string | undefined, among = users, address = '192.0.2.1') =>
    judge({ header, address, users: among });
  return { ask, counted };
}

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
    expect(await createJudge().ask(header)).toBe(verdict);
  });

  it('takes the hashes that htpasswd and other tools write', async () => {
    const { ask } = createJudge();
    for (const version of ['$2a$', '$2b$', '$2y$']) {
      const written = new Map([['alice', hash.replace(/^\$2.\$/, version)]]);
      expect(await ask(basic('alice:secret'), written)).toBe('accepted');
    }
  });

  it('pays for bcrypt once for the same credentials, right or wrong, also when they come at once', async () => {
    const { ask, counted } = createJudge();
    const passwords = ['secret', 'secret', 'wrong', 'wrong'];
    for (const password of passwords) await ask(basic(`alice:${password}`));
    expect(counted.checks).toBe(2);
    await Promise.all(Array.from({ length: 50 }, () => ask(basic('bob:secret'))));
    expect(counted.checks).toBe(3);
  });

  it('D6 asks bcrypt for an unknown user too, so that its duration reveals nothing', async () => {
    const { ask, counted } = createJudge();
    await ask(basic('bob:secret'));
    expect(counted.checks).toBe(1);
  });

  it('D6 does not share a verdict between credentials that join to the same text', async () => {
    const { ask } = createJudge();
    const both = new Map([...users, ['alic', hash]]);
    expect(await ask(basic('alice:secret'), both)).toBe('accepted');
    expect(await ask(basic('alic:esecret'), both)).toBe('refused');
  });

  it('forgets a verdict when the hash of the user changes', async () => {
    const { ask } = createJudge();
    expect(await ask(basic('alice:secret'))).toBe('accepted');
    const changed = new Map([['alice', hashSync('other', 4)]]);
    expect(await ask(basic('alice:secret'), changed)).toBe('refused');
  });

  it('D6 keeps a right password through a flood of wrong ones', async () => {
    const { ask, counted } = createJudge();
    await ask(basic('alice:secret'));
    for (let guess = 0; guess < 120; guess += 1) {
      await ask(basic(`alice:${guess}`), users, `192.0.2.${guess}`);
    }
    counted.checks = 0;
    expect(await ask(basic('alice:secret'))).toBe('accepted');
    expect(counted.checks).toBe(0);
  });

  it('D6 answers a user it knows while a wrong password is being checked', async () => {
    const { ask } = createJudge();
    await ask(basic('alice:secret'));
    // Cost 14: on the main thread nothing else would happen for a second.
    const dear = new Map([...users, ['dear', `$2b$14$${'a'.repeat(53)}`]]);
    const order: string[] = [];
    const guess = ask(basic('dear:wrong'), dear).then(() => order.push('wrong password'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    order.push('event loop');
    await ask(basic('alice:secret'), dear).then(() => order.push('known user'));
    await guess;
    expect(order).toEqual(['event loop', 'known user', 'wrong password']);
  });

  it('D6 checks no more passwords for an address that keeps failing, but for others and later on', async () => {
    const { ask, counted } = createJudge();
    const guesses = Array.from({ length: 20 }, (_, guess) => basic(`alice:${guess}`));
    const verdicts = await Promise.all(guesses.map((guess) => ask(guess)));
    expect(verdicts.filter((verdict) => verdict === 'limited')).toHaveLength(15);
    expect(counted.checks).toBe(5);
    expect(await ask(basic('alice:secret'))).toBe('limited');
    expect(await ask(basic('alice:secret'), users, '192.0.2.2')).toBe('accepted');
    counted.now = 2000;
    expect(await ask(basic('alice:other'))).toBe('refused');
  });

  it('addresses of one IPv6 network count as one', async () => {
    const { ask } = createJudge();
    const verdicts: string[] = [];
    for (let host = 1; host <= 6; host += 1) {
      verdicts.push(await ask(basic(`alice:${host}`), users, `2001:db8:1:2::${host}`));
    }
    expect(verdicts.at(-1)).toBe('limited');
    expect(await ask(basic('alice:x'), users, '2001:db8:1:3::1')).toBe('refused');
  });

  it('counts no right password as a failure', async () => {
    const { ask } = createJudge();
    for (let user = 0; user < 20; user += 1) {
      const one = new Map([[`user${user}`, hash]]);
      expect(await ask(basic(`user${user}:secret`), one)).toBe('accepted');
    }
  });

  it('D6 checks one password at a time and refuses those that would wait too long', async () => {
    let running = 0;
    let most = 0;
    const judge = createBasicAuth({
      now: () => 0,
      checkPassword: async (password, stored) => {
        running += 1;
        most = Math.max(most, running);
        const right = await checkPassword(password, stored);
        running -= 1;
        return right;
      },
    });
    const verdicts = await Promise.all(
      Array.from({ length: 40 }, (_, guess) =>
        judge({ header: basic(`a:${guess}`), address: `192.0.2.${guess}`, users }),
      ),
    );
    expect(most).toBe(1);
    expect(verdicts.filter((verdict) => verdict === 'busy')).toHaveLength(8);
  });

  it('answers busy when the check itself fails, and continues with the next', async () => {
    let calls = 0;
    const judge = createBasicAuth({
      now: () => 0,
      checkPassword: async () => {
        calls += 1;
        if (calls === 1) throw new Error('the thread ended');
        return true;
      },
    });
    const request = { header: basic('alice:secret'), address: '', users };
    expect([await judge(request), await judge(request)]).toEqual(['busy', 'accepted']);
  });
});

describe('parseBasicCredentials()', () => {
  it('ends the name at the first colon', () => {
    expect(parseBasicCredentials(basic('a:b:c'))).toEqual({ user: 'a', password: 'b:c' });
  });
});
