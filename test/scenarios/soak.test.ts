import { expect, test } from 'vitest';
import { runSoak } from '../../tools/soak/run-soak.ts';

test('E4 rotations, kills, reloads, a full disk, a hung page and clock jumps: lines counted are lines written, and nothing ends or accuses wrongly', async () => {
  const report = await runSoak({
    seconds: 1,
    pauseMilliseconds: 200,
    seed: 18,
    compiled: 'none',
    say: () => undefined,
  });
  expect(report.problems).toEqual([]);
  for (const { written } of report.lines) expect(written).toBeGreaterThan(50);
});
