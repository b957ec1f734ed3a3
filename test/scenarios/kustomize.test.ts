import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { docBlock, repository } from '../support/doc-blocks.ts';
import { requireBinary } from '../support/find-binary.ts';
import { keepTempDirectory } from '../support/keep.ts';
import {
  expectValid,
  type KubernetesObject,
  loadObjects,
  type Volume,
} from '../support/kubernetes-objects.ts';

const source = join(repository, 'deploy/kubernetes');

/** What `kubectl kustomize` makes of a directory; it asks no cluster. */
function kustomize(directory: string): readonly KubernetesObject[] {
  const { stdout, stderr } = spawnSync(requireBinary('kubectl'), ['kustomize', directory], {
    encoding: 'utf8',
  });
  // Components came with kubectl 1.21, which Debian 12's kubernetes-client is older than.
  if (stderr !== '') throw new Error(`Cannot build ${directory} (kubectl 1.21?): ${stderr}`);
  return loadObjects(stdout);
}

function mountedConfigMaps({ spec }: KubernetesObject): readonly string[] {
  const template = spec?.['template'] as { readonly spec: { readonly volumes?: Volume[] } };
  return template?.spec.volumes?.flatMap(({ configMap }) => configMap?.name ?? []) ?? [];
}

function expectWhole(objects: readonly KubernetesObject[]): void {
  for (const object of objects) expectValid(object);
  const made = objects
    .filter(({ kind }) => kind === 'ConfigMap')
    .map(({ metadata }) => metadata.name);
  const mounted = objects.flatMap(mountedConfigMaps);
  expect(mounted).not.toEqual([]);
  expect(made).toEqual(expect.arrayContaining(mounted));
}

test.each(readdirSync(join(source, 'overlays')))(
  'overlays/%s builds valid objects that mount only ConfigMaps it makes',
  (overlay) => expectWhole(kustomize(join(source, 'overlays', overlay))),
);

test('the kustomization of docs/deploy/kubernetes-sidecar.md puts the exporter into a Deployment', async () => {
  const path = await keepTempDirectory('kustomize');
  await cp(source, path, { recursive: true });
  const own = join(path, 'overlays/own');
  await mkdir(own);
  const page = 'docs/deploy/kubernetes-sidecar.md';
  await writeFile(join(own, 'kustomization.yaml'), docBlock(page, 'yaml', 'resources:'));
  await writeFile(join(own, 'config.yml'), docBlock(page, 'yaml', 'targets:'));
  const deployment = 'deployment.yaml';
  await copyFile(join(path, 'overlays/nginx-sidecar', deployment), join(own, deployment));
  const objects = kustomize(own);
  expect(objects.map(({ kind }) => kind).toSorted()).toEqual([
    'ConfigMap',
    'Deployment',
    'PodMonitor',
  ]);
  expect(JSON.stringify(objects)).toContain('"image":"keepalive-exporter:');
});
