import { readdirSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../src/', import.meta.url));

/** Rank of each place in src/: a file imports only lower ranks or its own folder. ARCHITECTURE.md draws this. */
const ranks: Readonly<Record<string, number>> = {
  snapshot: 0,
  'result.ts': -1,
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
  'app.ts': 7,
  cli: 8,
  'main.ts': 9,
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'));

const imports: readonly Import[] = files.flatMap((from) =>
  [...readFileSync(`${root}${from}`, 'utf8').matchAll(/from '([^']+)'/g)].map(([, to = '']) => ({
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

test('parsers, derivations and checks import nothing from Node and no I/O', () => {
  const outside = imports.filter(
    ({ from, to }) =>
      ['parse', 'derive', 'snapshot', 'audit'].includes(place(from)) &&
      /^(?:node:|node-fetch|fastify|prom-client)/.test(to),
  );
  expect(outside).toEqual([]);
});

test('only metrics/registry.ts knows prom-client', () => {
  expect(filesImporting((to) => to === 'prom-client')).toEqual(['metrics/registry.ts']);
});

test('only io/ knows node-fetch, only server/ and app.ts know fastify', () => {
  expect(new Set(filesImporting((to) => to === 'node-fetch').map(place))).toEqual(new Set(['io']));
  expect(new Set(filesImporting((to) => to.startsWith('fastify')).map(place))).toEqual(
    new Set(['server', 'app.ts']),
  );
});

test('only main.ts touches the process', () => {
  const touching = files.filter((file) =>
    /\bprocess\.(?:env|argv|exit|on|once|std)/.test(readFileSync(`${root}${file}`, 'utf8')),
  );
  expect(touching).toEqual(['main.ts']);
});

test('the metrics tables import no I/O', () => {
  expect(
    imports.filter(
      ({ from, to }) => place(from) === 'metrics' && (place(to) === 'io' || to.startsWith('node:')),
    ),
  ).toEqual([]);
});
