import { expect, test } from 'vitest';
import { createInputRegistry } from '../../src/pipeline/input-registry.ts';
import { isReading, noSourceStats } from '../../src/snapshot/log-source.ts';

test('a rotation is logged at debug level, those of an earlier run are not', async () => {
  const lines: unknown[] = [];
  const ignore = () => undefined;
  const debug = (message: string, fields?: object) => lines.push({ message, ...fields });
  const inputs = createInputRegistry({
    log: { debug, info: ignore, warn: ignore, error: ignore },
    now: () => 0,
  });
  let rotations = 3;
  const input = {
    check: () => Promise.resolve(false),
    stats: () => Promise.resolve({ ...noSourceStats, rotations }),
    condition: () => isReading,
    place: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
  const subscription = {
    key: 'a',
    placeKey: 'a',
    target: 'shop',
    source: '/var/log/a.log',
    consume: ignore,
    open: () => input,
  };
  await inputs.apply([subscription], ignore);
  await inputs.check();
  await inputs.check();
  expect(lines).toEqual([]);
  rotations = 4;
  await inputs.check();
  expect(lines).toEqual([
    { message: 'a log was rotated', target: 'shop', source: '/var/log/a.log', rotations: 4 },
  ]);
});
