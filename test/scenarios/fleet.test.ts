import { afterAll, beforeAll, expect, test } from 'vitest';
import { fleetScenes, runFleetScene } from '../../drill/fleet-scenes.ts';
import { type Fleet, startFleet } from '../../drill/start-fleet.ts';

/** `npm run drill -- fleet` without its first scene. Hours of such a fleet: alerts/tests/fleet-story.test.yml. */
let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
}, 60_000);
afterAll(() => fleet.stop());

const [, ...scenes] = fleetScenes();

test.each(scenes.map((scene) => [scene.name, scene] as const))(
  '%s: the alerts that must fire do, and none else',
  async (_, scene) => {
    const { missing, wrong } = await runFleetScene(fleet, scene);
    expect({ missing, wrong }).toEqual({ missing: [], wrong: [] });
  },
  90_000,
);
