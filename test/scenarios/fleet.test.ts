import { afterAll, beforeAll, expect, test } from 'vitest';
import { allDashboards } from '../../dashboards/src/all-dashboards.ts';
import { meaning } from '../../dashboards/src/theme.ts';
import { fleetScenes, runFleetScene } from '../../drill/fleet-scenes.ts';
import { type Fleet, startFleet } from '../../drill/start-fleet.ts';
import { type ColoredPanel, colorOf, colorsByValue } from '../support/panel-colors.ts';
import { fillGrafanaVariables } from '../support/promql-names.ts';

/** `npm run drill -- fleet` without its first scene. Hours of such a fleet: alerts/tests/fleet-story.test.yml. */
let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet.stop());

const flatten = (panels: readonly ColoredPanel[]): readonly ColoredPanel[] =>
  panels.flatMap((panel) => [panel, ...flatten(panel.panels ?? [])]);
const panels = [...allDashboards].flatMap(([name, dashboard]) =>
  flatten((dashboard as unknown as { panels: readonly ColoredPanel[] }).panels).map(
    (panel) => ({ name: `${name}: ${panel.title}`, panel }) as const,
  ),
);

/** Empty panels whose text gives the reader no reason. */
const unexplained: string[] = [];
const green: string[] = [];

/** Every query of every panel, of the whole fleet. */
async function askEverything(): Promise<void> {
  const askAll = panels.map(async ({ name, panel }) => {
    const counts = (panel.targets ?? []).map(({ expr }) =>
      fleet.prometheus.countSeries(fillGrafanaVariables(expr)),
    );
    const isEmpty = counts.length > 0 && (await Promise.all(counts)).every((count) => count === 0);
    const reason = panel.fieldConfig?.defaults.noValue ?? '';
    if (isEmpty && !/^(no |none |not |nothing |sockets |processes |unknown|the )/.test(reason))
      unexplained.push(`${name}: ${reason}`);
    if (isEmpty && reason === 'no data') unexplained.push(name);
  });
  await Promise.all(askAll);
}

/** Every panel that colours values, with the full server chosen; what the exporter is like is another matter. */
async function lookForGreen(): Promise<void> {
  for (const { name, panel } of panels) {
    if (name.startsWith('exporter:') || !colorsByValue(panel)) continue;
    for (const { expr, refId } of panel.targets ?? []) {
      const asked = fillGrafanaVariables(expr, { target: 'prefork' });
      const values = (await fleet.prometheus.query(asked)).map(({ value }) => value);
      if (values.some((value) => colorOf(panel, refId, value) === meaning.good))
        green.push(`${name}, ${refId}: ${values.join(', ')}`);
    }
  }
}

const [, ...scenes] = fleetScenes();

test.each(scenes.map((scene) => [scene.name, scene] as const))(
  '%s: the alerts that must fire do, and none else',
  async (_, scene) => {
    const isFlood = scene.must.includes('WebserverExhausted/prefork');
    const { missing, wrong } = await runFleetScene(fleet, scene, async () => {
      if (isFlood) await Promise.all([askEverything(), lookForGreen()]);
    });
    expect({ missing, wrong }).toEqual({ missing: [], wrong: [] });
  },
);

test('at the flood, every query of every dashboard has run, and an empty panel says why', () => {
  expect(panels.length).toBeGreaterThan(100);
  expect(unexplained).toEqual([]);
});

test('at the flood, no panel shows green for the full server', () => {
  expect(green).toEqual([]);
});
