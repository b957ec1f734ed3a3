import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { repository } from '../support/doc-blocks.ts';

const chart = join(repository, 'deploy/helm/keepalive-exporter');
const read = (path: string) => readFileSync(path, 'utf8');
const { version } = JSON.parse(read(join(repository, 'package.json'))) as { version: string };

test('the chart and the images of deploy/ have the version of package.json', () => {
  const { version: own, appVersion } = parse(read(join(chart, 'Chart.yaml'))) as {
    version: string;
    appVersion: string;
  };
  expect({ own, appVersion }).toEqual({ own: version, appVersion: version });
  const files = readdirSync(join(repository, 'deploy/kubernetes'), {
    recursive: true,
    encoding: 'utf8',
  }).filter((name) => name.endsWith('.yaml'));
  const images = files.flatMap((name) => [
    ...read(join(repository, 'deploy/kubernetes', name)).matchAll(/keepalive-exporter:(\d\S*)$/gm),
  ]);
  expect(new Set(images.map(([, tag]) => tag))).toEqual(new Set([version]));
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** `central.replicas`, as far as the schema knows names. */
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

test('values.yaml and values.schema.json name the same values', () => {
  const schema = JSON.parse(read(join(chart, 'values.schema.json'))) as Schema;
  const values: unknown = parse(read(join(chart, 'values.yaml')));
  // Helm gives these two to a chart that another one depends on; resources may also hold claims.
  const unset = /^\.(global|enabled)$|\.resources\.claims$/;
  expect(namesOf(values, schema).toSorted()).toEqual(
    namesIn(schema)
      .filter((name) => !unset.test(name))
      .toSorted(),
  );
});
