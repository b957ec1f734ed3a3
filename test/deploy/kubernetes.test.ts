import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/parse-config.ts';
import {
  expectValid,
  type KubernetesObject,
  loadObjects,
  unknownKeysOf,
} from '../support/kubernetes-objects.ts';
import { containersOf, type PodSpec, podOf } from '../support/kubernetes-pods.ts';

interface PodOwner extends KubernetesObject {
  readonly spec: { readonly template: { readonly spec: PodSpec } } & Record<string, unknown>;
}

const root = fileURLToPath(new URL('../../deploy/kubernetes/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.yaml'),
);
/** Not objects, but patches of workloads. */
const sidecarFile = 'components/sidecar/container.yaml';
const patchFiles = [sidecarFile, 'components/sidecar-logs/container.yaml', 'sidecar-patch.yaml'];
const objectFiles = files.filter(
  (name) =>
    !name.endsWith('kustomization.yaml') &&
    !patchFiles.includes(name) &&
    // Operations of JSON Patch: test/scenarios/kustomize-equals-helm.test.ts compares what they make with the chart.
    !name.startsWith('components/web/'),
);

function load(file: string): readonly KubernetesObject[] {
  return loadObjects(readFileSync(join(root, file), 'utf8')).map((object) =>
    object.metadata.labels?.['keepalive-exporter/sidecar'] === 'true'
      ? withSidecar(object)
      : object,
  );
}

/** The container as kustomize adds it. */
function withSidecar(deployment: KubernetesObject): KubernetesObject {
  const [patch] = loadObjects(readFileSync(join(root, sidecarFile), 'utf8'));
  const merged = structuredClone(deployment) as PodOwner;
  const added = (patch as PodOwner).spec.template.spec;
  const { spec } = merged.spec.template;
  spec.initContainers = added.initContainers ?? [];
  spec.volumes = [...(spec.volumes ?? []), ...(added.volumes ?? [])];
  return merged;
}

test.each(objectFiles)('%s is valid by its schema and has no unknown key', (file) => {
  for (const object of load(file)) expectValid(object);
});

test('a misspelt key is found', () => {
  const broken = structuredClone(load('base/deployment.yaml')[0]) as PodOwner;
  const [container] = broken.spec.template.spec.containers;
  Object.assign(container ?? {}, { readonlyRootFs: true });
  expect(unknownKeysOf(broken)).toEqual(['spec.template.spec.containers.0.readonlyRootFs']);
});

test.each(files.filter((name) => name.endsWith('kustomization.yaml')))(
  '%s names files that exist',
  (file) => {
    const {
      resources = [],
      components = [],
      configMapGenerator = [],
    } = parse(readFileSync(join(root, file), 'utf8')) as {
      resources?: string[];
      components?: string[];
      configMapGenerator?: { files: string[] }[];
    };
    for (const name of [
      ...resources,
      ...components,
      ...configMapGenerator.flatMap((map) => map.files),
    ]) {
      expect(existsSync(join(root, dirname(file), name)), name).toBe(true);
    }
  },
);

test.each(
  readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('config.yml'),
  ),
)('%s is a configuration the exporter accepts', (file) => {
  expect(parseConfig(readFileSync(join(root, file), 'utf8'))).toMatchObject({ ok: true });
});

const pods = objectFiles.flatMap((file) =>
  load(file).flatMap((object) => {
    const pod = podOf(object);
    return pod === undefined ? [] : [[file, pod] as const];
  }),
);

describe.each(pods)('the pods of %s', (file, pod) => {
  const isNodeAgent = file.includes('node-logs');

  test('follow the restricted Pod Security level', () => {
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.securityContext?.seccompProfile?.type).toBe('RuntimeDefault');
    if (!isNodeAgent) {
      expect(pod.securityContext?.runAsNonRoot).toBe(true);
      for (const volume of pod.volumes ?? []) expect(Object.keys(volume)).not.toContain('hostPath');
    }
    for (const { securityContext } of containersOf(pod)) {
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(securityContext?.capabilities?.add).toBeUndefined();
    }
  });

  test('have resources, and the exporter has probes', () => {
    for (const container of containersOf(pod)) {
      const { name, resources, livenessProbe, readinessProbe, restartPolicy } = container;
      expect(resources?.requests).toBeDefined();
      expect(resources?.limits?.memory).toBeDefined();
      if (name !== 'keepalive-exporter') continue;
      expect(livenessProbe?.httpGet).toMatchObject({ path: '/-/healthy' });
      expect(livenessProbe?.httpGet?.host).toBeUndefined();
      // Starting takes a second of CPU, which on a busy node a request of 20m gets within a minute.
      expect(livenessProbe?.initialDelaySeconds).toBe(30);
      // A native sidecar that is not ready would remove the web server from its Service.
      const ready = restartPolicy === 'Always' ? undefined : { path: '/-/ready' };
      expect(readinessProbe?.httpGet).toEqual(ready && expect.objectContaining(ready));
    }
  });

  test('cannot fill the node: every emptyDir has a limit', () => {
    for (const { name, emptyDir } of pod.volumes ?? []) {
      if (emptyDir !== undefined) expect(emptyDir.sizeLimit, name).toBeDefined();
    }
  });
});

test('sidecar-patch.yaml, for kubectl, is the patch of the component', () => {
  const patch: unknown = parse(readFileSync(join(root, 'sidecar-patch.yaml'), 'utf8'));
  const component = parse(readFileSync(join(root, sidecarFile), 'utf8')) as { spec: unknown };
  expect(patch).toEqual({ spec: component.spec });
});

test('the NetworkPolicy allows every port that probe.allow admits', () => {
  const [policy] = load('base/network-policy.yaml');
  const { egress } = (policy?.spec ?? {}) as {
    egress: { to?: unknown; ports: { port: number }[] }[];
  };
  const open = egress.filter(({ to }) => to).flatMap(({ ports }) => ports.map(({ port }) => port));
  const { probe } = parse(readFileSync(join(root, 'base/config.yml'), 'utf8')) as {
    probe: { allow: { ports: number[] }[] };
  };
  const allowed = probe.allow.flatMap(({ ports }) => ports);
  expect(allowed).not.toEqual([]);
  expect(open).toEqual(expect.arrayContaining(allowed));
});

test('every object of the Prometheus Operator has the label that kube-prometheus-stack selects by', () => {
  const selected = objectFiles
    .flatMap(load)
    .filter(({ kind }) => /^(PodMonitor|Probe|PrometheusRule)$/.test(kind));
  expect(selected.length).toBeGreaterThan(4);
  for (const { metadata } of selected)
    expect(metadata.labels, metadata.name).toMatchObject({ release: 'kube-prometheus-stack' });
});

test('no file of deploy/kubernetes contains an example address', () => {
  const all = readdirSync(root, { recursive: true, encoding: 'utf8', withFileTypes: true });
  const texts = all.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  const named = texts.filter((path) => /example\.(com|org)/.test(readFileSync(path, 'utf8')));
  expect(named).toEqual([]);
});

test('no file contains a bare "=", which readers of YAML 1.1 such as Ansible refuse', () => {
  const refused = files.filter((name) => /: =$/m.test(readFileSync(join(root, name), 'utf8')));
  expect(refused).toEqual([]);
});
