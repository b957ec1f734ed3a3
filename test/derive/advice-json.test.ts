import { expect, test } from 'vitest';
import { adviceJson } from '../../src/derive/advice-json.ts';
import { adviseKeepalive } from '../../src/derive/advise-keepalive.ts';
import { steadyGaps } from '../support/advised-traffic.ts';

test('adviceJson() has a finding for each advice that asks for a change', () => {
  const advice = adviseKeepalive({ summary: steadyGaps(), server: 'prefork' });
  for (const kind of ['none', 'timeout', 'off', 'more_slots', 'redesign'] as const) {
    const { headline } = advice;
    expect(adviceJson({ ...advice, kind }).findings).toEqual([{ kind, message: headline }]);
  }
  expect(adviceJson({ ...advice, kind: 'keep' }).findings).toEqual([]);
});
