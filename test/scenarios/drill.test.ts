import { afterAll, beforeAll, expect, test } from 'vitest';
import { runScene } from '../../drill/run-scene.ts';
import { scenes } from '../../drill/scenes.ts';
import { type Drill, startDrill } from '../../drill/start-drill.ts';

/** The drill in short: the scenes that tell full from idle and from down. `npm run drill` runs all of them. */
const chosen = [
  'keep-alive flood on prefork',
  'more idle clients than event has workers',
  'clients give up on a slow upstream (499)',
  'a plain crash of prefork',
];

let drill: Drill;
beforeAll(async () => {
  drill = await startDrill();
});
afterAll(() => drill.stop());

test.each(
  scenes.filter(({ name }) => chosen.includes(name)).map((scene) => [scene.name, scene] as const),
)(
  '%s: the right alert arrives at the webhook, no wrong one does, and its end is told',
  async (_, scene) => {
    const { missing, wrong, unresolved } = await runScene(drill, scene, {
      patienceMilliseconds: 40_000,
    });
    expect({ missing, wrong, unresolved }).toEqual({ missing: [], wrong: [], unresolved: [] });
  },
);

test('no scene of the short drill was renamed', () => {
  const names = scenes.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(chosen));
});
