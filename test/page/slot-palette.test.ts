import { expect, test } from 'vitest';
import { slotPalette } from '../../src/page/slot-palette.ts';
import type { SlotState } from '../../src/snapshot/slots.ts';
import { colorDistance, visions } from '../support/color-vision.ts';

const distance = (a: SlotState, b: SlotState, vision: string) =>
  colorDistance(slotPalette[a].color, slotPalette[b].color, vision);

/** States that stand side by side in one bar. */
const bars: Readonly<Record<string, readonly SlotState[]>> = {
  'Apache workers': [
    'writing',
    'reading',
    'keepalive',
    'closing',
    'logging',
    'graceful',
    'idle',
    'open',
  ],
  'Apache event connections': [
    'working',
    'keepalive',
    'writing_async',
    'wait_io',
    'closing',
    'free',
  ],
  nginx: ['reading', 'writing', 'keepalive', 'free'],
};

test.each(Object.keys(visions))('the states of one bar stay apart with %s', (vision) => {
  for (const [bar, states] of Object.entries(bars)) {
    for (const [index, a] of states.entries()) {
      for (const b of states.slice(index + 1)) {
        expect(distance(a, b, vision), `${bar}: ${a} and ${b}`).toBeGreaterThan(0.06);
      }
    }
  }
});
