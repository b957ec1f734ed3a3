import { printTable } from '../bench/measure.ts';
import { runScene, type SceneResult } from './run-scene.ts';
import { scenes } from './scenes.ts';
import { startDrill } from './start-drill.ts';

/**
 * `npm run drill`: real Apache, nginx, Prometheus and Alertmanager, one bad thing after the other, and what arrived at
 * the webhook. `npm run drill -- prefork` runs the scenes whose name holds that word.
 */
const wanted = process.argv[2] ?? '';
const drill = await startDrill();
const results: SceneResult[] = [];
try {
  for (const scene of scenes.filter(({ name }) => name.includes(wanted))) {
    process.stderr.write(`${scene.name} ...\n`);
    results.push(await runScene(drill, scene, { patienceMilliseconds: 40_000 }));
  }
} finally {
  await drill.stop();
}

const failed = results.filter(
  ({ missing, wrong, unresolved }) => missing.length + wrong.length + unresolved.length > 0,
);
printTable([
  ['scene', 'arrived at the webhook after', 'keepalive-exporter said', 'the peer said', ''],
  ...results.map(({ scene, arrived, missing, wrong, unresolved, ours, theirs }) => [
    scene,
    arrived.map(({ alert, seconds }) => `${alert} ${seconds.toFixed(1)} s`).join(', ') ||
      'nothing, as it must',
    ours,
    theirs,
    [
      ...missing.map((alert) => `MISSING ${alert}`),
      ...wrong.map((alert) => `WRONG ${alert}`),
      ...unresolved.map((alert) => `NOT RESOLVED ${alert}`),
    ].join(', ') || 'ok',
  ]),
]);
process.exitCode = failed.length > 0 ? 1 : 0;
