import { readdirSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../src/', import.meta.url));

/** Rank of each place in src/: a file imports only lower ranks or its own folder. ARCHITECTURE.md draws this. */
const ranks: Readonly<Record<string, number>> = {
  snapshot: 0,
  'result.ts': -1,
  'present.ts': -1,
  'remember-newest.ts': -1,
  'problem.ts': 1,
  parse: 1,
  derive: 2,
  config: 3,
  metrics: 3,
  audit: 3,
  page: 3,
  io: 4,
  pipeline: 5,
  server: 6,
  demo: 6,
  'server-ports.ts': 7,
  'app.ts': 8,
  cli: 9,
  'main.ts': 10,
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'));

function textOf(file: string): string {
  return readFileSync(`${root}${file}`, 'utf8');
}

/** Its code without comments and texts, in which any word may stand. */
function codeOf(file: string): string {
  return textOf(file)
    .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/`(?:[^`\\$]|\\.|\$(?!\{))*`/g, '``');
}

/** Text of a script that runs in a browser, which asks the exporter from there. */
const browserScript = 'page/live-script.ts';

const imports: readonly Import[] = files.flatMap((from) =>
  [...textOf(from).matchAll(/(?:\bfrom |\bimport\(|^import )'([^']+)'/gm)].map(([, to = '']) => ({
    from,
    to: to.startsWith('.') ? posix.normalize(posix.join(dirname(from), to)) : to,
  })),
);

const place = (file: string) => file.split('/')[0] ?? '';

function filesImporting(wanted: (to: string) => boolean): readonly string[] {
  return [...new Set(imports.filter(({ to }) => wanted(to)).map(({ from }) => from))];
}

test('every file stands in a place that has a rank', () => {
  expect(files.map(place).filter((name) => ranks[name] === undefined)).toEqual([]);
});

test('imports go to lower ranks or stay in their folder', () => {
  const upward = imports.filter(({ from, to }) => {
    const [source, target] = [ranks[place(from)], ranks[place(to)]];
    const inside = source !== undefined && target !== undefined && place(from) !== place(to);
    return inside && target >= source;
  });
  expect(upward).toEqual([]);
});

/** Modules of Node that read nothing of the machine: types, and functions of their arguments. */
const harmless = new Set(['node:crypto', 'node:stream', 'node:timers/promises']);
const pure = [
  'result.ts',
  'present.ts',
  'remember-newest.ts',
  'problem.ts',
  'snapshot',
  'parse',
  'derive',
  'config',
  'metrics',
  'page',
  'audit',
];
const withoutFiles = [...pure, 'pipeline', 'server-ports.ts', 'app.ts'];
const time =
  /\b(?:setTimeout|setInterval|setImmediate|AbortSignal\.timeout|performance\.now|Date\.now|Math\.random)\b|\bnew Date\(\)/;

test('only io/, server/, demo/, cli/ and main.ts open sockets and files', () => {
  const reaching = imports.filter(
    ({ from, to }) =>
      withoutFiles.includes(place(from)) && to.startsWith('node:') && !harmless.has(to),
  );
  expect(reaching).toEqual([]);
  const fetching = files.filter(
    (file) =>
      file !== browserScript &&
      withoutFiles.includes(place(file)) &&
      /(?<![.\w])fetch\(/.test(codeOf(file)),
  );
  expect(fetching).toEqual([]);
});

test('clocks and timers are recognised where they are', () => {
  const timed = files.filter((file) => place(file) === 'pipeline' && time.test(codeOf(file)));
  expect(timed).toEqual(expect.arrayContaining(['pipeline/sampler.ts', 'pipeline/shared-poll.ts']));
});

test('parsers, derivations, tables, checks and the page have neither a clock nor a timer', () => {
  const timed = files.filter(
    (file) => file !== browserScript && pure.includes(place(file)) && time.test(codeOf(file)),
  );
  expect(timed).toEqual([]);
  const importing = imports.filter(
    ({ from, to }) => pure.includes(place(from)) && to.startsWith('node:timers'),
  );
  expect(importing).toEqual([]);
});

test('the pipeline has timers and the monotonic clock; the time of day is handed to it', () => {
  const reading = files.filter(
    (file) =>
      ['pipeline', 'server-ports.ts', 'app.ts'].includes(place(file)) &&
      /\bDate\.now|new Date\(\)/.test(codeOf(file)),
  );
  expect(reading).toEqual([]);
});

test('only metrics/registry.ts and io/process-metrics.ts know prom-client', () => {
  expect(filesImporting((to) => to === 'prom-client').toSorted()).toEqual([
    'io/process-metrics.ts',
    'metrics/registry.ts',
  ]);
});

test('only io/ knows node-fetch, only server/ and app.ts know fastify', () => {
  expect(new Set(filesImporting((to) => to === 'node-fetch').map(place))).toEqual(new Set(['io']));
  expect(new Set(filesImporting((to) => to.startsWith('fastify')).map(place))).toEqual(
    new Set(['server', 'app.ts']),
  );
});

test('only main.ts touches the process; edges may ask who they are', () => {
  const touching = files.filter((file) =>
    /(?<![.\w])process\??\.(?!pid\b|gete?uid\b)[a-z]/.test(codeOf(file)),
  );
  expect(touching).toEqual(['main.ts']);
  const asking = files.filter((file) =>
    /(?<![.\w])process\??\.(?:pid|gete?uid)\b/.test(codeOf(file)),
  );
  expect(asking.map(place).filter((name) => !['io', 'demo', 'main.ts'].includes(name))).toEqual([]);
});

test('nothing reaches a module or the process in a way that the other rules do not see', () => {
  const unseen = files.filter((file) => {
    const text = textOf(file);
    const dynamic = text.match(/\bimport\(/g)?.length ?? 0;
    const named = text.match(/\bimport\('[^']+'\)/g)?.length ?? 0;
    const processOtherwise = /= process\b(?!\??\.)|(?<![.\w])process\??\.?\[|\bglobalThis\b/.test(
      codeOf(file),
    );
    return dynamic !== named || processOtherwise;
  });
  expect(unseen).toEqual([]);
  expect(filesImporting((to) => to === 'node:process')).toEqual([]);
  expect(filesImporting((to) => to === 'node:module')).toEqual(['server/bcrypt-source.ts']);
});

test('the metrics tables import no I/O', () => {
  expect(
    imports.filter(
      ({ from, to }) => place(from) === 'metrics' && (place(to) === 'io' || to.startsWith('node:')),
    ),
  ).toEqual([]);
});
