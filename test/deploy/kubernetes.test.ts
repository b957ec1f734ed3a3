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
  type Volume,
} from '../support/kubernetes-objects.ts';

interface PodOwner extends KubernetesObject {
  readonly spec: { readonly template: { readonly spec: PodSpec } } & Record<string, unknown>;
}

interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean;
    readonly seccompProfile?: { readonly type: string };
  };
  readonly containers: Container[];
  volumes?: readonly Volume[];
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  };
  readonly resources?: {
    readonly requests?: object;
    readonly limits?: { readonly memory?: string };
  };
  readonly livenessProbe?: { readonly httpGet?: { readonly path: string; readonly host?: string } };
  readonly readinessProbe?: { readonly httpGet?: { readonly path: string } };
}

const root = fileURLToPath(new URL('../../deploy/kubernetes/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.yaml'),
);
/** Not an object of its own: part of the Deployments it is put into. */
const sidecarFile = 'components/sidecar/container.yaml';
const objectFiles = files.filter(
  (name) => !name.endsWith('kustomization.yaml') && name !== sidecarFile,
);

function load(file: string): readonly KubernetesObject[] {
  return loadObjects(readFileSync(join(root, file), 'utf8')).map((object) =>
    object.metadata.labels?.['keepalive-exporter/sidecar'] === 'true'
      ? withSidecar(object)
      : object,
  );
}

/** As kustomize patches it in. */
function withSidecar(deployment: KubernetesObject): KubernetesObject {
  const [patch] = loadObjects(readFileSync(join(root, sidecarFile), 'utf8'));
  const merged = structuredClone(deployment) as PodOwner;
  const added = (patch as PodOwner).spec.template.spec;
  const { spec } = merged.spec.template;
  spec.containers.push(...added.containers);
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

function podOf({ spec }: KubernetesObject): PodSpec | undefined {
  return (spec?.['template'] as { spec: PodSpec } | undefined)?.spec;
}

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
    for (const { securityContext } of pod.containers) {
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(securityContext?.capabilities?.add).toBeUndefined();
    }
  });

  test('state their resources, and the exporter its probes', () => {
    for (const { name, resources, livenessProbe, readinessProbe } of pod.containers) {
      expect(resources?.requests).toBeDefined();
      expect(resources?.limits?.memory).toBeDefined();
      if (name !== 'keepalive-exporter') continue;
      expect(livenessProbe?.httpGet).toMatchObject({ path: '/-/healthy' });
      expect(readinessProbe?.httpGet).toMatchObject({ path: '/-/ready' });
      expect(livenessProbe?.httpGet?.host).toBeUndefined();
    }
  });
});
