import { describe, expect, test } from 'vitest';
import { readBytes } from '../../src/cli/read-quantity.ts';
import { runCli } from '../support/run-cli.ts';

const plan = (flags: string) => runCli(['plan', ...flags.split(' ').filter(Boolean)]);

describe('plan', () => {
  test('says the ceiling of slots and hold time, and the rate at which few wait', async () => {
    expect(await plan('--slots 256 --hold 7s')).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'slots           256',
        'hold time       7 s',
        'ceiling         36 per second  slots / hold time; above it the queue grows without end',
        'few wait: rate  31 per second  fewer than 1 visitor in 100 waits (Erlang C)',
        '',
      ].join('\n'),
    });
  });

  test('says the slots that a rate needs', async () => {
    const { stdout } = await plan('--rate 150 --hold 7s');
    expect(stdout).toMatch(/^needed slots +1,050 /m);
  });

  test('counts handshake packets', async () => {
    const { stdout } = await plan('--requests 50 --clients 3');
    expect(stdout).toContain('9,000 a minute');
    expect(stdout).toContain('540 a minute');
  });

  test('plans for two to three times an average', async () => {
    const { stdout } = await plan('--average 50 --hold 7s');
    expect(stdout).toContain('100 to 150 per second');
    expect(stdout).toMatch(/^needed slots +1,050 /m);
  });

  test('takes slots from memory', async () => {
    const { stdout } = await plan('--memory 8GiB --slot-memory 32MiB --hold 7s');
    expect(stdout).toMatch(/^slots +256 .*memory of one worker$/m);
  });

  test('prints JSON with units in its names', async () => {
    const { code, stdout } = await plan('--slots 256 --hold 7s --rate 40 --output json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      slots: 256,
      holdSeconds: 7,
      visitorsPerSecond: 40,
      neededSlots: 280,
      findings: [{ kind: 'overload' }],
    });
  });

  test('ends with 1 and says why when the plan does not hold', async () => {
    const { code, stdout } = await plan('--slots 256 --hold 7s --rate 40');
    expect(code).toBe(1);
    expect(stdout).toContain('This plan does not hold: visitors arrive faster');
  });

  test.each([
    ['', /give two of --slots, --hold and --rate/],
    ['--slots 256', /give two of --slots, --hold and --rate/],
    ['--slots 0 --hold 7s', /--slots="0": want a whole number above 0/],
    ['--slots 2.5 --hold 7s', /--slots="2.5": want a whole number/],
    ['--slots 256 --hold 7', /--hold="7": want a duration above 0/],
    ['--slots 256 --hold -7s', /--hold="-7s": want a duration above 0/],
    ['--slots -5 --hold 7s', /--slots="-5": want a whole number above 0/],
    ['--slots 256 --hold 99999d', /--hold="99999d": want a duration above 0 and up to 366d/],
    ['--memory 8X --slot-memory 1M', /--memory="8X": want a size/],
    ['--rate 1 --average 1 --hold 1s', /--rate or --average, not both/],
    ['--requests 5', /both --requests and --clients/],
    ['--slots 5 --hold 2s --timeout 3s', /--timeout is part of --hold/],
    ['--rate 1000000 --hold 1h', /above 10000000 slots/],
    ['--memory 2M --slot-memory 1 --hold 7s', /--memory \/ --slot-memory is above 1000000 slots/],
    ['--memory 1M --slot-memory 2M --hold 7s', /--memory is too small for one worker of --slot-m/],
    ['--slots 1 --slots 2 --hold 7s', /--slots is given twice/],
    ['--slots 256 --hold 7s --output xml', /--output="xml": want table or json/],
    ['--sluts 256', /--sluts/],
  ])('"%s" is wrong use', async (flags, wanted) => {
    const { code, stdout, stderr } = await plan(flags);
    expect(stderr).toMatch(wanted);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('shows no small figure as 0', async () => {
    expect((await plan('--slots 1 --hold 1ms')).stdout).toMatch(/^hold time +0\.001 s$/m);
    expect((await plan('--rate 0.0012 --hold 7s')).stdout).toMatch(
      /^visitors +0\.0012 per second$/m,
    );
    const { stdout } = await plan('--slots 256 --hold 7s --rate 25');
    expect(stdout).toMatch(/^visitors who wait +<0\.1 % /m);
    expect(stdout).toMatch(/^mean wait +<0\.0001 s /m);
    const long = await plan('--slots 1 --hold 366d');
    expect(long.stdout).toMatch(/^ceiling +<0\.0001 per second /m);
  });

  test('shows the formula of each figure as it was computed', async () => {
    const many = await plan('--slots 256 --hold 7s --rate 5 --connections 6 --timeout 5s');
    expect(many.stdout).toMatch(/^ceiling .* slots \/ \(connections x hold time\); above it/m);
    expect(many.stdout).toMatch(/^needed slots +210 +visitors x connections x hold time, all/m);
    expect(many.stdout).toMatch(/^idle slots +150 +visitors x connections x keep-alive timeout$/m);
    const hold = await plan('--slots 256 --rate 5 --connections 6');
    expect(hold.stdout).toMatch(/^longest hold time .* slots \/ \(visitors x connections\), all/m);
    const full = await plan('--slots 256 --hold 7s --rate 100 --timeout 5s');
    expect(full.stdout).toMatch(/^idle slots +182\.9 +slots x keep-alive timeout \/ hold time$/m);
    const busy = await plan('--slots 100 --rate 40 --timeout 5s');
    expect(busy.stdout).toMatch(/^idle slots +100 +all slots$/m);
  });

  test('--help lists its flags', async () => {
    const { code, stdout } = await plan('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--slot-memory=SIZE');
  });
});

test.each([
  ['48MiB', 48 * 1024 ** 2],
  ['48M', 48 * 1024 ** 2],
  ['48MB', 48e6],
  ['2 GB', 2e9],
  ['1.5k', 1536],
  ['1000', 1000],
])('readBytes(%j) is %d', (text, wanted) => {
  expect(readBytes(text)).toEqual({ ok: true, value: wanted });
});
