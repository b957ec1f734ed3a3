import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { describeMachine } from '../bench/describe-machine.ts';
import { printTable } from '../bench/measure.ts';
import { openKeepaliveClients } from '../test/support/held-clients.ts';
import { drawDashboards, startVisitors } from './draw-dashboards.ts';
import { renderFleetResults, renderSceneResults } from './drill-document.ts';
import { type FleetResult, fleetScenes, runFleetScene } from './fleet-scenes.ts';
import { runScene, type SceneResult } from './run-scene.ts';
import { scenes } from './scenes.ts';
import { startDrill } from './start-drill.ts';
import { startFifty } from './start-fifty.ts';
import { startFleet } from './start-fleet.ts';
import { takePicture } from './take-picture.ts';
import { drillPackages, writeDrill } from './write-drill.ts';

/**
 * `npm run drill`: causes one failure after the other on real Apache, nginx, Prometheus and Alertmanager, shows which
 * alerts arrived at the webhook, and writes that to docs/exhaustion-drill.md when nothing is wrong. `npm run drill --
 * prefork` runs the scenes whose name contains that word, and writes nothing.
 * `--pictures=DIRECTORY` saves the page of the exporter during each scene. `--dashboards=DIRECTORY` draws the dashboards at
 * rest and during a flood; with `fifty`, those of fifty simulated servers. `npm run drill -- fleet` runs five servers of
 * four kinds behind three exporters, and writes the second table of that document.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { pictures: { type: 'string' }, dashboards: { type: 'string' } },
});
const [wanted = ''] = positionals;
const { pictures, dashboards } = values;
if (dashboards !== undefined && wanted === 'fifty') await drawFifty(resolve(dashboards));
else if (dashboards !== undefined) await drawScenes(resolve(dashboards));
else if (wanted === 'fleet') await runFleet();
else await runScenes();

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

/** Draws the dashboards after three calm minutes, and during the flood. */
async function drawScenes(directory: string): Promise<void> {
  const drill = await startDrill();
  const endVisits = startVisitors(drill);
  const draw = (name: string) => drawDashboards({ prometheus: drill.prometheus, directory, name });
  try {
    await sleep(180_000);
    await draw('rest');
    for (const scene of scenes.filter(({ name }) => name === 'keep-alive flood on prefork')) {
      const onAllArrived = async () => {
        await sleep(20_000);
        await draw('flood');
      };
      await runScene(drill, scene, { timeoutMilliseconds: 40_000, onAllArrived });
    }
  } finally {
    endVisits();
    await drill.stop();
  }
}

/** Draws the dashboards of fifty servers, one of which has been full for half a minute. */
async function drawFifty(directory: string): Promise<void> {
  const fifty = await startFifty();
  try {
    await sleep(120_000);
    const { port } = fifty.full;
    const flood = await openKeepaliveClients({ port, count: 40, answered: 5 });
    await sleep(35_000);
    await drawDashboards({ prometheus: fifty.prometheus, directory, name: 'fifty' });
    await flood.close();
  } finally {
    await fifty.stop();
  }
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
