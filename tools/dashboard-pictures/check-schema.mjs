// node tools/dashboard-pictures/check-schema.mjs
// Compares dashboards/*.json with the types that Grafana generates from its own schema (@grafana/schema): the classic
// dashboard, and options and field configuration of each kind of panel. A key that Grafana does not know is an error.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const types = join(here, 'node_modules/@grafana/schema/dist/types');
const kinds = { stat: 'stat', timeseries: 'timeseries', table: 'table', 'state-timeline': 'statetimeline', 'status-history': 'statushistory', heatmap: 'heatmap', trend: 'trend' };
const nameOf = (kind) => kinds[kind] ?? fail(`no type of a panel "${kind}"`);
function fail(message) { throw new Error(message); }

/**
 * Keys that Grafana reads although its schema does not have them: those of a Prometheus annotation, the text
 * (`definition`) of a query variable, "connect null values" of a state timeline. And keys from the SDK that it ignores:
 * those of an interval variable, and the footer of a table, which was an option until Grafana 12.
 */
const ofPrometheusAnnotation = ['expr', 'step', 'textFormat', 'titleFormat', 'tagKeys', 'useValueForTime'];
const ofVariable = ['definition', 'auto', 'auto_min', 'auto_count'];
const without = (object, keys) => Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
const withoutKnown = ({ annotations, templating, ...rest }) => ({
  ...rest,
  annotations: { list: annotations.list.map((one) => without(one, ofPrometheusAnnotation)) },
  templating: { list: templating.list.map((one) => without(one, ofVariable)) },
});

const panelsOf = (panels) => panels.flatMap((panel) => [panel, ...panelsOf(panel.panels ?? [])]);
const lines = [
  `import type { Dashboard } from '${types}/veneer/dashboard.types';`,
  ...Object.values(kinds).map((kind) => `import type * as ${kind} from '${types}/raw/composable/${kind}/panelcfg/x/types.gen';`),
  // JSON has the texts of enums, not the enums.
  'type Json<T> = unknown extends T ? T : T extends string ? `${T}` : T extends number | boolean | null | undefined ? T : T extends readonly (infer E)[] ? readonly Json<E>[] : T extends object ? { readonly [K in keyof T]: Json<T[K]> } : T;',
];
const files = readdirSync(join(root, 'dashboards')).filter((name) => name.endsWith('.json'));
let count = 0;
for (const file of files) {
  const dashboard = JSON.parse(readFileSync(join(root, 'dashboards', file), 'utf8'));
  lines.push(`export const d${count++}: Json<Dashboard> = ${JSON.stringify(withoutKnown(dashboard))}; // ${file}`);
  for (const panel of panelsOf(dashboard.panels).filter(({ type }) => type !== 'row')) {
    const kind = nameOf(panel.type);
    const where = `// ${file}: ${panel.title}`;
    lines.push(`export const d${count++}: Json<${kind}.Options> = ${JSON.stringify(without(panel.options, ['footer']))}; ${where}`);
    const { custom } = panel.fieldConfig.defaults;
    if (custom !== undefined && kind !== 'stat') lines.push(`export const d${count++}: Json<Partial<${kind}.FieldConfig>> = ${JSON.stringify(kind === 'statetimeline' ? without(custom, ['spanNulls']) : custom)}; ${where}`);
  }
}
const build = mkdtempSync(join(tmpdir(), 'dashboard-schema-'));
const checked = join(build, 'dashboards.ts');
writeFileSync(checked, `${lines.join('\n')}\n`);
const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'es2022', '--ignoreConfig'];
const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...options, checked], { encoding: 'utf8', cwd: build });
console.log(stdout + stderr || `${files.length} dashboards and ${count - files.length} parts of their panels have the form of Grafana's schema`);
rmSync(build, { recursive: true });
process.exitCode = status ?? 1;
