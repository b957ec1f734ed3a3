import type { FleetResult, FleetScene } from './fleet-scenes.ts';
import type { SceneResult } from './run-scene.ts';

/** The parts of docs/exhaustion-drill.md that a run writes. The text around them is written by hand. */
export type DrillPart = 'scenes' | 'fleet';

/** The document with one part replaced. */
export function replacePart(document: string, part: DrillPart, text: string): string {
  const begin = `<!-- begin: ${part}, written by the drill -->\n`;
  const end = `<!-- end: ${part} -->`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`the document has no part "${part}": want ${begin}`);
  return `${document.slice(0, from)}${begin}\n${text}\n${document.slice(to)}`;
}

/** @param measured when, where and with which versions it was measured */
export function renderSceneResults(results: readonly SceneResult[], measured: string): string {
  const rows = results.map(({ scene, arrived, ours, theirs }) => [
    scene,
    arrived.map(({ alert, seconds }) => `${alertName(alert)} ${seconds.toFixed(1)} s`).join(', ') ||
      'nothing, as expected',
    ours,
    theirs,
  ]);
  return `${renderTable(['scene', 'arrived after', 'keepalive-exporter', 'peer'], rows)}\n${measured}\n`;
}

/** @param scenes what was expected, in the order of the results */
export function renderFleetResults(
  results: readonly FleetResult[],
  scenes: readonly Pick<FleetScene, 'name' | 'must' | 'may'>[],
  measured: string,
): string {
  const rows = results.map(({ scene, fired }) => {
    const expected = scenes.find(({ name }) => name === scene);
    return [scene, fired, expected?.must ?? [], expected?.may ?? []].map((cell) =>
      typeof cell === 'string' ? cell : cell.map(alertName).join(', ') || 'nothing',
    );
  });
  const head = ['scene', 'fired', 'must fire', 'may fire, about the same server'];
  return `${renderTable(head, rows)}\n${measured}\n`;
}

/** Of `name/target`. */
function alertName(alert: string): string {
  return alert.split('/')[0] ?? alert;
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map(escapeCell).join(' | ')} |\n`).join('');
}

function escapeCell(text: string): string {
  return text.replaceAll(/[|_]/g, '\\$&').replaceAll('\n', ' ');
}
