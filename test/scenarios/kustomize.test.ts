import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { kubernetesTool } from '../../tools/kubernetes-tools/fetch-tools.ts';
import { docBlock, repository } from '../support/doc-blocks.ts';
import { keepTempDirectory } from '../support/keep.ts';
import { expectWhole, type KubernetesObject, loadObjects } from '../support/kubernetes-objects.ts';
import { type Container, podOf } from '../support/kubernetes-pods.ts';
import { kustomize } from '../support/kustomize.ts';

const source = join(repository, 'deploy/kubernetes');
const page = 'docs/deploy/kubernetes-sidecar.md';

test.each(readdirSync(join(source, 'overlays')))(
  'overlays/%s builds valid objects that mount only ConfigMaps it makes',
  (overlay) => expectWhole(kustomize(join(source, 'overlays', overlay))),
);

/** kubectl apply keeps the object in an annotation, and annotations end at 256 KiB. */
test.each(['central', 'monitoring'])('kubectl apply can take each object of %s', (overlay) => {
  for (const object of kustomize(join(source, 'overlays', overlay)))
    expect(JSON.stringify(object).length, object.metadata.name).toBeLessThan(200_000);
});

/** An overlay of somebody's own, in a copy of deploy/kubernetes. */
async function createOverlay(files: Readonly<Record<string, string>>): Promise<string> {
  const path = await keepTempDirectory('kustomize');
  await cp(source, path, { recursive: true });
  const own = join(path, 'overlays/own');
  await mkdir(own);
  for (const [name, text] of Object.entries(files)) await writeFile(join(own, name), text);
  return own;
}

function sidecarIn(object: KubernetesObject | undefined): Container | undefined {
  const pod = object && podOf(object);
  return pod?.initContainers?.find(({ name }) => name === 'keepalive-exporter');
}

test('the kustomization of docs/deploy/kubernetes-sidecar.md puts the exporter into a Deployment', async () => {
  const own = await createOverlay({
    'kustomization.yaml': docBlock(page, 'yaml', 'resources:'),
    'config.yml': docBlock(page, 'yaml', 'targets:'),
  });
  const deployment = 'deployment.yaml';
  await copyFile(join(source, 'overlays/nginx-sidecar', deployment), join(own, deployment));
  const objects = kustomize(own);
  expect(objects.map(({ kind }) => kind).toSorted()).toEqual([
    'ConfigMap',
    'Deployment',
    'PodMonitor',
  ]);
  expect(sidecarIn(objects.find(({ kind }) => kind === 'Deployment'))).toBeDefined();
});

test.each(['Deployment', 'StatefulSet', 'DaemonSet'])(
  'a %s gets the same native sidecar, which cannot take the pod out of service',
  async (kind) => {
    const workload = loadObjects(
      await readFile(join(source, 'overlays/nginx-sidecar/deployment.yaml'), 'utf8'),
    ).map((object) => {
      const service = kind === 'StatefulSet' ? { serviceName: 'nginx' } : {};
      return { ...object, kind, spec: { ...object.spec, ...service } };
    });
    const own = await createOverlay({
      'kustomization.yaml': docBlock(page, 'yaml', 'resources:'),
      'config.yml': 'targets: []\n',
      'deployment.yaml': stringify(workload[0]),
    });
    const made = kustomize(own).find((object) => object.kind === kind);
    const sidecar = sidecarIn(made);
    expect(sidecar).toMatchObject({ restartPolicy: 'Always', livenessProbe: {} });
    expect(sidecar).not.toHaveProperty('readinessProbe');
    expect(sidecar).not.toHaveProperty('startupProbe');
    expect(made && podOf(made)?.containers.map(({ name }) => name)).toEqual(['nginx']);
  },
);

test('sidecar-patch.yaml makes with kubectl patch what the component makes with kustomize', async () => {
  const file = join(source, 'overlays/nginx-sidecar/deployment.yaml');
  const patch = join(source, 'sidecar-patch.yaml');
  const { stdout, stderr } = spawnSync(
    kubernetesTool('kubectl'),
    ['patch', '--local', '-f', file, `--patch-file=${patch}`, '-o', 'yaml'],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  const [patched] = loadObjects(stdout);
  const own = kustomize(join(source, 'overlays/nginx-sidecar'));
  expect(sidecarIn(patched)).toEqual(sidecarIn(own.find(({ kind }) => kind === 'Deployment')));
});

test('the prober of the Probe objects is in the namespace of the overlay', async () => {
  const own = await createOverlay({
    'kustomization.yaml': (
      await readFile(join(source, 'overlays/central/kustomization.yaml'), 'utf8')
    ).replace('namespace: monitoring', 'namespace: observability'),
  });
  const probes = kustomize(own).filter(({ kind }) => kind === 'Probe');
  expect(probes.map(({ spec }) => spec['prober'])).toEqual(
    Array(2).fill({ url: 'keepalive-exporter.observability.svc:9921', path: '/probe' }),
  );
});

test('the command of docs/deploy/kubernetes-sidecar.md makes an ordinary container for Kubernetes before 1.29', () => {
  const command = docBlock(page, 'sh', 'sed -e').replace(/> \S+$/m, '');
  const older = spawnSync('bash', ['-c', command], { cwd: repository, encoding: 'utf8' });
  const { spec } = parse(older.stdout) as KubernetesObject;
  const native = parse(
    readFileSync(join(source, 'sidecar-patch.yaml'), 'utf8'),
  ) as KubernetesObject;
  const podIn = (own: KubernetesObject['spec']) => podOf({ spec: own } as KubernetesObject);
  const [container] = podIn(native.spec)?.initContainers ?? [];
  const { restartPolicy: _, ...ordinary } = container ?? {};
  expect(podIn(spec)?.containers).toEqual([ordinary]);
  expect(podIn(spec)).not.toHaveProperty('initContainers');
});

test('the label that the Operator selects by is changed as docs/deploy/central-probe.md says', async () => {
  const patches = parse(docBlock('docs/deploy/central-probe.md', 'yaml', 'my-release')) as object;
  const own = await createOverlay({
    'kustomization.yaml': stringify({ resources: ['../central'], ...patches }),
  });
  const selected = kustomize(own).filter(({ apiVersion }) => apiVersion.startsWith('monitoring.'));
  expect(selected).toHaveLength(4);
  for (const { metadata } of selected) expect(metadata.labels?.['release']).toBe('my-release');
});

test.each(['central', 'node-logs', 'apache-sidecar'])(
  'the image of %s comes from your own registry, as docs/deploy/kubernetes-sidecar.md says',
  async (overlay) => {
    const images = parse(docBlock(page, 'yaml', 'images:')) as object;
    const own = await createOverlay({
      'kustomization.yaml': stringify({ resources: [`../${overlay}`], ...images }),
    });
    const text = JSON.stringify(kustomize(own));
    expect(text).toContain('"image":"registry.internal/keepalive-exporter:0.2.0"');
    expect(text).not.toContain('"image":"keepalive-exporter');
  },
);
