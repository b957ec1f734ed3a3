import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { repository } from '../support/doc-blocks.ts';

const chart = join(repository, 'deploy/helm/keepalive-exporter');
const read = (path: string) => readFileSync(path, 'utf8');
const { version } = JSON.parse(read(join(repository, 'package.json'))) as { version: string };

test('package-lock.json and the chart have the version of package.json', () => {
  const lock = JSON.parse(read(join(repository, 'package-lock.json'))) as {
    version: string;
    packages: Record<string, { version: string }>;
  };
  const { version: own, appVersion } = parse(read(join(chart, 'Chart.yaml'))) as {
    version: string;
    appVersion: string;
  };
  const versions = [lock.version, lock.packages['']?.version, own, appVersion];
  expect(new Set(versions)).toEqual(new Set([version]));
});

test('images of deploy/ and of the pages have the version of package.json, and the changelog a section for it', () => {
  const files = ['deploy', 'docs', 'tools'].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:ya?ml|md)$/.test(name) && !name.includes('node_modules'))
      .map((name) => join(repository, folder, name)),
  );
  const tags = files.flatMap((path) =>
    [...read(path).matchAll(/keepalive-exporter:v?(\d+\.\d+\.[\w.]*\w)/g)].map(([, tag]) => tag),
  );
  expect(tags.length).toBeGreaterThan(5);
  expect(new Set(tags)).toEqual(new Set([version]));
  const [, newest] =
    /^## (\d\S*) \(\d{4}-\d\d-\d\d\)$/m.exec(read(join(repository, 'CHANGELOG.md'))) ?? [];
  expect(newest).toBe(version);
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** Paths such as `central.replicas`, as deep as the schema lists names. */
function namesOf(value: unknown, schema: Schema, prefix = ''): readonly string[] {
  if (schema.properties === undefined || typeof value !== 'object' || value === null)
    return [prefix];
  return Object.entries(value).flatMap(([key, inner]) =>
    namesOf(inner, schema.properties?.[key] ?? {}, `${prefix}.${key}`),
  );
}

function namesIn(schema: Schema, prefix = ''): readonly string[] {
  if (schema.properties === undefined) return [prefix];
  return Object.entries(schema.properties).flatMap(([key, inner]) =>
    namesIn(inner, `${prefix}.${key}`),
  );
}

test('values.yaml and values.schema.json have the same values', () => {
  const schema = JSON.parse(read(join(chart, 'values.schema.json'))) as Schema;
  const values: unknown = parse(read(join(chart, 'values.yaml')));
  // Helm passes these two to a dependency; resources may also contain claims.
  const unset = /^\.(global|enabled)$|\.resources\.claims$/;
  expect(namesOf(values, schema).toSorted()).toEqual(
    namesIn(schema)
      .filter((name) => !unset.test(name))
      .toSorted(),
  );
});
