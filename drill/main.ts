import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from '../bench/describe-machine.ts';
import { printTable } from '../bench/measure.ts';
import { drawDashboards } from './draw-dashboards.ts';
import { renderFleetResults, renderSceneResults } from './drill-document.ts';
import { type FleetResult, fleetScenes, runFleetScene } from './fleet-scenes.ts';
import { recordFifty, recordScenes } from './record-dashboards.ts';
import { runScene, type SceneResult } from './run-scene.ts';
import { scenes } from './scenes.ts';
import { startDrill } from './start-drill.ts';
import { startFleet } from './start-fleet.ts';
import { takePicture } from './take-picture.ts';
import { drillPackages, writeDrill } from './write-drill.ts';

/**
 * `npm run drill`: causes one failure after the other on real Apache, nginx, Prometheus and Alertmanager, shows which
 * alerts arrived at the webhook, and writes that to docs/exhaustion-drill.md when nothing is wrong. `npm run drill --
 * prefork` runs the scenes whose name contains that word, and writes nothing.
 * `--pictures=DIRECTORY` saves the page of the exporter during each scene. `--dashboards=DIRECTORY` draws the dashboards at
 * rest and during a flood; with `fifty`, those of fifty simulated servers. `--data=DIRECTORY` keeps the recorded data, and
 * a second run with it draws the same data again: `--mode=light --width=1000`. `npm run drill -- fleet` runs five servers
 * of four kinds behind three exporters, and writes the second table of that document.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pictures: { type: 'string' },
    dashboards: { type: 'string' },
    data: { type: 'string' },
    mode: { type: 'string', default: 'dark' },
    width: { type: 'string', default: '1200' },
  },
});
const [wanted = ''] = positionals;
const { pictures, dashboards } = values;
if (dashboards !== undefined) await draw(resolve(dashboards));
else if (wanted === 'fleet') await runFleet();
else await runScenes();

async function draw(directory: string): Promise<void> {
  const { data, mode, width } = values;
  await drawDashboards({
    record: wanted === 'fifty' ? recordFifty : recordScenes,
    directory,
    mode,
    width,
    ...(data === undefined ? {} : { data: resolve(data) }),
  });
}

/** The alerts that fire in each scene of a fleet, and those that must not. */
async function runFleet(): Promise<void> {
  const fleet = await startFleet();
  const rows: FleetResult[] = [];
  try {
    for (const scene of fleetScenes()) {
      process.stderr.write(`${scene.name} ...\n`);
      rows.push(await runFleetScene(fleet, scene));
    }
  } finally {
    await fleet.stop();
  }
  printTable([
    ['scene', 'fired', ''],
    ...rows.map(({ scene, fired, missing, wrong }) => [
      scene,
      fired.join(', ') || 'nothing',
      [
        ...missing.map((alert) => `MISSING ${alert}`),
        ...wrong.map((alert) => `WRONG ${alert}`),
      ].join(', ') || 'ok',
    ]),
  ]);
  const isFine = rows.every(({ missing, wrong }) => missing.length + wrong.length === 0);
  if (isFine) writeDrill('fleet', renderFleetResults(rows, fleetScenes(), measured()));
  process.exitCode = isFine ? 0 : 1;
}

async function runScenes(): Promise<void> {
  const drill = await startDrill();
  const results: SceneResult[] = [];
  try {
    for (const scene of scenes.filter(({ name }) => name.includes(wanted))) {
      process.stderr.write(`${scene.name} ...\n`);
      const picture = async () => {
        if (pictures === undefined) return;
        await takePicture(drill.exporter.url, pictures, fileName(scene.name));
      };
      const options = { timeoutMilliseconds: 40_000, onAllArrived: picture };
      results.push(await runScene(drill, scene, options));
    }
  } finally {
    await drill.stop();
  }

  const failed = results.filter(
    ({ missing, wrong, unresolved }) => missing.length + wrong.length + unresolved.length > 0,
  );
  printTable([
    [
      'scene',
      'arrived at the webhook after',
      'keepalive-exporter reported',
      'the peer reported',
      '',
    ],
    ...results.map(({ scene, arrived, missing, wrong, unresolved, ours, theirs }) => [
      scene,
      arrived.map(({ alert, seconds }) => `${alert} ${seconds.toFixed(1)} s`).join(', ') ||
        'nothing, as expected',
      ours,
      theirs,
      [
        ...missing.map((alert) => `MISSING ${alert}`),
        ...wrong.map((alert) => `WRONG ${alert}`),
        ...unresolved.map((alert) => `NOT RESOLVED ${alert}`),
      ].join(', ') || 'ok',
    ]),
  ]);
  const isWhole = results.length === scenes.length;
  if (isWhole && failed.length === 0) writeDrill('scenes', renderSceneResults(results, measured()));
  process.exitCode = failed.length > 0 ? 1 : 0;
}

function measured(): string {
  return `Measured ${describeMachine(drillPackages)}`;
}

function fileName(scene: string): string {
  return scene
    .replaceAll(/[^a-z0-9]+/gi, '-')
    .replaceAll(/^-|-$/g, '')
    .toLowerCase();
}
