import { afterAll, beforeAll, expect, test } from 'vitest';
import { allDashboards } from '../../dashboards/src/all-dashboards.ts';
import { runScene } from '../../drill/run-scene.ts';
import { scenes } from '../../drill/scenes.ts';
import { type Drill, startDrill } from '../../drill/start-drill.ts';
import { fillGrafanaVariables } from '../support/promql-names.ts';

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
      timeoutMilliseconds: 120_000,
      quietMilliseconds: 7_000,
    });
    expect({ missing, wrong, unresolved }).toEqual({ missing: [], wrong: [], unresolved: [] });
  },
);

test('no scene of the short drill was renamed', () => {
  const names = scenes.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(chosen));
});

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
  readonly panels?: readonly Panel[];
}

const panelsOf = (panels: readonly Panel[]): readonly Panel[] =>
  panels.flatMap((panel) => [panel, ...panelsOf(panel.panels ?? [])]);

const queries = [...allDashboards].flatMap(([name, dashboard]) =>
  panelsOf((dashboard as unknown as { panels: readonly Panel[] }).panels).flatMap(
    ({ title, targets = [] }) => targets.map(({ expr }) => ({ panel: `${name}: ${title}`, expr })),
  ),
);

/** What no scene gives cause for: a day before, an observation lane (which would keep a slot of ten). */
const hasNoCause = [
  { panel: 'traffic: 408 and 499, and a day before', expr: /offset 1d/ },
  { panel: 'exporter: Observation lane', expr: /lane_up/ },
  // An advice needs ten minutes of traffic.
  { panel: 'tuning: To change', expr: /advised_keepalive/ },
  { panel: 'tuning: Advised settings', expr: /advised/ },
  { panel: 'tuning: What each timeout would do: $shown', expr: /predicted/ },
  { panel: 'tuning: Timeout in force and advised', expr: /timeout_seconds/ },
  { panel: 'tuning: Slots in force and advised', expr: /advised_slots/ },
  // Bands of states that none of these servers has at any time: a band without connections is absent.
  { panel: 'service: Slots of $shown', expr: /state=~/ },
  { panel: 'service: Connections of $shown, as the kernel sees them', expr: /activity=/ },
  { panel: 'apache: Workers of $shown', expr: /state=~/ },
  { panel: 'apache: Connections of $shown, as the kernel sees them', expr: /activity=/ },
  { panel: 'apache: Connection slots of $shown_event', expr: /state=~/ },
  { panel: 'nginx: Evidence for "full"', expr: /exhaustion_evidence/ },
  { panel: 'nginx: Connections of $shown', expr: /state=~/ },
  { panel: 'nginx: Connections of $shown, as the kernel sees them', expr: /activity=/ },
];

test('every query of every panel runs, and has something to show of these scenes', async () => {
  const counts = await Promise.all(
    queries.map(({ expr }) => drill.prometheus.countSeries(fillGrafanaVariables(expr))),
  );
  const empty = queries.filter((_, index) => counts[index] === 0);
  const matches = (row: (typeof hasNoCause)[number], { panel, expr }: (typeof empty)[number]) =>
    row.panel === panel && row.expr.test(expr);
  expect(empty.filter((query) => !hasNoCause.some((row) => matches(row, query)))).toEqual([]);
  expect(hasNoCause.filter((row) => !empty.some((query) => matches(row, query)))).toEqual([]);
});
