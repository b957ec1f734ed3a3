import { expect, test } from 'vitest';
import { runSoak } from '../../tools/soak/run-soak.ts';

test('E4 rotations, kills, reloads, a full disk, a hung page and clock jumps: lines counted are lines written, and there is no crash and no false verdict', async () => {
  const report = await runSoak({ seconds: 14, seed: 18, say: () => undefined });
  expect(report.problems).toEqual([]);
  expect(report.faults).toBeGreaterThanOrEqual(8);
  for (const { written } of report.lines) expect(written).toBeGreaterThan(50);
});
