import { expect, test } from 'vitest';
import { timeLayout } from '../../src/parse/log-format/strftime.ts';

/** The time in seconds; undefined when the pattern is not a moment. */
function read(pattern: string, text: string): number | undefined {
  const bytes = Buffer.from(`9${text}9`);
  return timeLayout(pattern)?.read?.(bytes, 1, bytes.length - 1);
}

const unix = (iso: string) => Date.parse(iso) / 1000;

test.each([
  ['%d/%b/%Y:%H:%M:%S %z', '21/Nov/2026:03:18:07 +0100', unix('2026-11-21T02:18:07Z')],
  ['%F %T%z', '2026-11-21 03:18:07-0130', unix('2026-11-21T04:48:07Z')],
  ['%Y-%m-%dT%H:%M%z', '2026-11-21T03:18+0000', unix('2026-11-21T03:18:00Z')],
  ['%e %b %Y %R %z', ' 1 Nov 2026 03:18 +0000', unix('2026-11-01T03:18:00Z')],
  ['%e %b %Y %R %z', '21 Nov 2026 03:18 +0000', unix('2026-11-21T03:18:00Z')],
  ['%F %T.L%z', '2026-11-21 03:18:07.L+0000', unix('2026-11-21T03:18:07Z')],
  ['%F %T.%L%z', '2026-11-21 03:18:07.250+0000', unix('2026-11-21T03:18:07Z') + 0.25],
  ['%F %T.%N%z', '2026-11-21 03:18:07.250125+0000', unix('2026-11-21T03:18:07Z') + 0.250125],
  ['%F %T %z', '2026-13-21 03:18:07 +0000', Number.NaN],
  ['%F %T %z', '2026-11-21 03:18:07 +00', Number.NaN],
  ['%F %T %z', '2026-11-21 03:18:07 00000', Number.NaN],
])('timeLayout("%s") reads "%s" as %s', (pattern, text, expected) => {
  const seconds = read(pattern, text);
  if (Number.isNaN(expected)) expect(seconds).toBeNaN();
  else expect(seconds).toBeCloseTo(expected, 6);
});

test.each(['%m-%d %T %z', '%Y-%d %T %z', '%Y-%m %T %z', '%F %M %z', '%F %H %z', '%F %T', '%s'])(
  'timeLayout("%s") is not a moment',
  (pattern) => {
    expect(timeLayout(pattern)?.read).toBeUndefined();
  },
);

test('timeLayout() has the width of the text, and the text of the pattern as probes', () => {
  expect(timeLayout('[%d/%b %H]')).toMatchObject({
    width: 11,
    probes: [
      [0, 0x5b],
      [3, 0x2f],
      [7, 0x20],
      [10, 0x5d],
    ],
  });
  expect(timeLayout('%c')?.width).toBe('Sat Nov 21 03:18:00 2026'.length);
  expect(timeLayout('50%')?.width).toBe(3);
});

test.each(['%B', '%A', '%Y %Q'])(
  'timeLayout("%s") is unknown: a part has no fixed width',
  (pattern) => {
    expect(timeLayout(pattern)).toBeUndefined();
  },
);
