import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DrillPart, replacePart } from './drill-document.ts';

const path = fileURLToPath(new URL('../docs/exhaustion-drill.md', import.meta.url));

/** The programs of the drill. */
export const drillPackages = [
  'apache2',
  'nginx',
  'prometheus',
  'prometheus-alertmanager',
  'prometheus-apache-exporter',
  'prometheus-nginx-exporter',
];

/** Writes the result of a run to docs/exhaustion-drill.md. */
export function writeDrill(part: DrillPart, text: string): void {
  writeFileSync(path, replacePart(readFileSync(path, 'utf8'), part, text));
}
