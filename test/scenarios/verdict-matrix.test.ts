import { expect, test } from 'vitest';
import { runServer } from '../../bench/verdict.ts';
import { addMatrices, judgeSeconds } from '../../bench/verdict-matrix.ts';
import type { Episode, LoadKind } from '../../bench/verdict-plan.ts';

/** The short form of `npm run bench -- verdict`: two kinds of load, with a pause after each. */
function episodeOf(kinds: readonly (readonly [LoadKind, number])[]): Episode {
  const phases = kinds.map(([kind, clients], at) => ({
    kind,
    clients,
    atSecond: 2 + at * 11,
    seconds: 8,
  }));
  return { slots: 16, threadsPerChild: 4, backlog: 30, seconds: 23, phases };
}

/** Idle connections fill a prefork; nginx gives them up, so that it takes requests at work to fill it. */
test.concurrent.each([
  [
    'prefork',
    episodeOf([
      ['idle_flood', 24],
      ['last_slot', 15],
    ]),
  ],
  [
    'nginx',
    episodeOf([
      ['slow_upstream', 24],
      ['idle_flood', 24],
    ]),
  ],
] as const)('the verdict on %s agrees with fresh visitors', async (server, episode) => {
  let matrix = addMatrices([]);
  // On a slow machine few seconds of an episode are clear ones.
  while (matrix.truePositive < 2 || matrix.trueNegative < 4) {
    const runs = await runServer(server, [episode]);
    matrix = addMatrices([matrix, ...runs.map(judgeSeconds)]);
  }
  // One second in each direction: the second of a change is left out, that of a slow machine is not.
  expect(matrix.falsePositive).toBeLessThanOrEqual(1);
  expect(matrix.falseNegative).toBeLessThanOrEqual(1);
});
