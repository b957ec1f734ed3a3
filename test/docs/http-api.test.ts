import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const documented = [
  ...readFileSync('docs/http-api.md', 'utf8').matchAll(/^\| `(\/[^`]*)` \| /gm),
].map(([, route]) => route);

/** The paths that src/server registers; the telemetry path is a flag, `/metrics` its default. */
const registered = readdirSync('src/server').flatMap((file) => {
  const text = readFileSync(`src/server/${file}`, 'utf8');
  const paths = [
    ...text.matchAll(/(?:server\.(?:get|post|put)(?:<[^(]*>)?\(\s*|url: )'(\/[^']*)'/g),
  ];
  return paths.map(([, path]) => path);
});

test('docs/http-api.md has every route, and no other', () => {
  expect(registered.length).toBeGreaterThan(5);
  expect([...new Set([...registered, '/metrics'])].sort()).toEqual([...documented].sort());
});
