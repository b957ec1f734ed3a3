import { expect, test } from 'vitest';
import { everyPanel } from '../support/drawn-panels.ts';

/** A wrong reason sends the reader of an empty panel to the wrong place. */
test.each([
  ['nginx: Open / limit', 'no limit'],
  ['nginx: Saturation', 'no limit'],
  ['nginx: Idle clients', 'no nginx'],
  ['nginx: Dropped', 'no nginx'],
  ['tuning: Slots in force and advised', 'no limit is known'],
  [
    'apache: Keep-alive connections by source (event)',
    'no connection slots (not event, not nginx)',
  ],
  ['apache: In queue', 'not seen'],
  ['fleet: Waiting to be accepted (accept queue)', 'sockets not seen'],
  ['fleet: 408 and 499', 'no log data'],
  ['apache: Time full', 'no samples'],
])('%s, when empty, says: %s', (name, reason) => {
  const [, panel] = everyPanel.find(([title]) => title === name) ?? [];
  expect(panel?.fieldConfig.defaults.noValue).toBe(reason);
});
