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
    ['--slots 256 --hold -7s', /--hold/],
    ['--memory 8X --slot-memory 1M', /--memory="8X": want a size/],
    ['--rate 1 --average 1 --hold 1s', /--rate or --average, not both/],
    ['--requests 5', /both --requests and --clients/],
    ['--slots 5 --hold 2s --timeout 3s', /--timeout is part of --hold/],
    ['--rate 1000000 --hold 1h', /above 10000000 slots/],
    ['--slots 1 --slots 2 --hold 7s', /--slots is given twice/],
    ['--slots 256 --hold 7s --output xml', /--output="xml": want table or json/],
    ['--sluts 256', /--sluts/],
  ])('"%s" is wrong use', async (flags, wanted) => {
    const { code, stdout, stderr } = await plan(flags);
    expect(stderr).toMatch(wanted);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
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
