import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/io/create-log.ts';
import { limitRepeats } from '../../src/io/limit-repeats.ts';

function startLog() {
  const lines: string[] = [];
  let milliseconds = 0;
  const log = limitRepeats(
    createLog({
      ...{ level: 'info', format: 'logfmt', now: () => new Date(0) },
      write: (line) => void lines.push(line),
    }),
    () => milliseconds,
  );
  const wait = (seconds: number) => {
    milliseconds += seconds * 1000;
  };
  return { log, lines, wait };
}

describe('limitRepeats()', () => {
  test('D4 a stranger who asks again and again fills no disk: twenty lines, then one a minute with the number suppressed', () => {
    const { log, lines, wait } = startLog();
    for (let asked = 0; asked < 1000; asked++) log.warn('probe refused', { asked });
    expect(lines).toHaveLength(20);
    wait(60);
    for (let asked = 0; asked < 1000; asked++) log.warn('probe refused', { asked });
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toContain('asked=0 suppressed=980');
    wait(60);
    log.warn('probe refused');
    expect(lines.at(-1)).toContain('suppressed=999');
  });

  test('A16 a target that flaps for a day suppresses no line of another target', () => {
    const { log, lines, wait } = startLog();
    for (let second = 0; second < 86_400; second++) {
      log.warn('target cannot be read', { target: 'flaps' });
      wait(1);
    }
    expect(lines.length).toBeLessThan(20 + 1440 + 1);
    log.warn('target cannot be read', { target: 'other' });
    expect(lines.at(-1)).toContain('target=other');
    expect(lines.at(-1)).not.toContain('suppressed');
  });

  test('a message once a minute is written each time', () => {
    const { log, lines, wait } = startLog();
    for (let minute = 0; minute < 100; minute++) {
      log.error('configuration refused', { problems: 'x' });
      wait(60);
    }
    expect(lines).toHaveLength(100);
  });
});

describe('createLog()', () => {
  test.each(['logfmt', 'json'] as const)(
    'B9 hands no control or direction characters on, as %s',
    (format) => {
      const lines: string[] = [];
      const log = createLog({
        ...{ level: 'info', format, now: () => new Date(0) },
        write: (line) => void lines.push(line),
      });
      const hostile = 'a\u001b[31m\u009b31m\u007f\u0085\u2028\u202e\n';
      log.info(hostile, { text: hostile });
      expect(lines.join('').slice(0, -1)).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/,
      );
      if (format === 'json') expect(JSON.parse(lines.join(''))).toMatchObject({ text: hostile });
    },
  );
});
