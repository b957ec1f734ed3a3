import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { keep } from './keep.ts';
import { waitUntil } from './wait-until.ts';

describe('keep() beside other tests', () => {
  const events: string[] = [];
  const part = (name: string) => ({
    stop: () => Promise.resolve(void events.push(`${name} stopped`)),
  });

  test.concurrent('stops the parts of a long test when that one ends', async () => {
    keep(part('long'));
    await waitUntil({
      until: 'the other has ended',
      holds: () => events.includes('short stopped'),
    });
    events.push('long ended');
  });

  test.concurrent('stops the parts of a short test when that one ends', async () => {
    await sleep(40);
    keep(part('short'));
    events.push('short ended');
  });

  afterAll(() => {
    expect(events).toEqual(['short ended', 'short stopped', 'long ended', 'long stopped']);
  });
});
