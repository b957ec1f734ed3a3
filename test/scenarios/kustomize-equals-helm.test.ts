import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { bare, manifests, readConfig, sidecar, web } from '../support/chart-values.ts';
import { docBlock } from '../support/doc-blocks.ts';
import { helmTemplate, sidecarPatch } from '../support/helm.ts';
import { keepTempDirectory } from '../support/keep.ts';
import { expectWhole, type KubernetesObject } from '../support/kubernetes-objects.ts';
import { podOf } from '../support/kubernetes-pods.ts';
import { kustomize } from '../support/kustomize.ts';

const ofHelm = ['helm.sh/chart', 'app.kubernetes.io/version', 'app.kubernetes.io/managed-by'];

/** Leaves out what is of the tool that made an object, and not of its intent. */
function leaveOutTool(key: string, value: unknown): unknown {
  if (ofHelm.includes(key)) return undefined;
  // kustomize tells a changed ConfigMap by a hash in its name, the chart by an annotation of the pods.
  if (key === 'name' && typeof value === 'string')
    return value.replace(/^(keepalive-exporter.*)-[a-z0-9]{10}$/, '$1');
  const isChecksum = key === 'annotations' && JSON.stringify(value).startsWith('{"checksum/');
  return isChecksum ? undefined : value;
}

function intentOf(objects: readonly KubernetesObject[]): readonly string[] {
  const kept = JSON.parse(JSON.stringify(objects), leaveOutTool) as KubernetesObject[];
  return kept
    .map((object) => stringify(withParsedConfig(object), { sortMapEntries: true }))
    .toSorted();
}

/** Comments and quotes are no intent either. */
function withParsedConfig(object: KubernetesObject): object {
  const { data } = object as { data?: Record<string, string> };
  if (data === undefined) return object;
  // Dashboards are large and are generated into both places: one line of text each is quicker to compare.
  const read = (name: string, text: string): unknown =>
    name.endsWith('.json') ? JSON.stringify(JSON.parse(text)) : parse(text);
  const parsed = Object.entries(data).map(([name, text]) => [name, read(name, text)]);
  return { ...object, data: Object.fromEntries(parsed) };
}

/** The label that the component sidecar selects by; the chart's own contains the name of the release. */
const podSelector = { 'keepalive-exporter/sidecar': 'true' };

/** What an overlay in a copy of deploy/kubernetes makes. */
async function kustomizeOwn(kustomization: object): Promise<readonly KubernetesObject[]> {
  const path = await keepTempDirectory('kustomize');
  await cp(manifests, path, { recursive: true });
  const own = join(path, 'overlays/own');
  await mkdir(own);
  await writeFile(join(own, 'kustomization.yaml'), stringify(kustomization));
  return kustomize(own);
}

/** As docs/deploy/central-probe.md has it. */
const withWeb = parse(
  docBlock('docs/deploy/central-probe.md', 'yaml', 'components/web]'),
) as object;

describe('kustomize and Helm make equal objects', () => {
  test('central, with two servers to ask', async () => {
    const documented = parse(
      docBlock('docs/deploy/central-probe.md', 'yaml', 'resources:'),
    ) as object;
    const components = ['../../components/alertmanager-config'];
    const own = await kustomizeOwn({ ...documented, components });
    // What is named there is allowed as shipped.
    for (const [, host] of JSON.stringify(documented).matchAll(/value: ([\w.-]+)/g))
      expect(host).toMatch(/\.svc\.cluster\.local$/);
    const alertmanagerConfig = { enabled: true };
    const probes = [
      { name: 'apache', module: 'apache', targets: ['shop.web.svc.cluster.local'] },
      { name: 'nginx', module: 'nginx', targets: ['edge.web.svc.cluster.local'] },
    ];
    expect(intentOf(helmTemplate({ values: { probes, alertmanagerConfig } }))).toEqual(
      intentOf(own),
    );
  });

  test('the logs of a node', () => {
    const release = {
      name: 'keepalive-exporter-node-logs',
      values: { mode: 'daemonset', ...bare },
    };
    expect(intentOf(helmTemplate(release))).toEqual(
      intentOf(kustomize(join(manifests, 'overlays/node-logs'))),
    );
  });

  test.each([
    ['central', 'keepalive-exporter', {}],
    ['node-logs', 'keepalive-exporter-node-logs', { mode: 'daemonset', ...bare }],
  ])('TLS and a password for %s', async (overlay, name, values) => {
    const probes = ['apache', 'nginx'].map((server) => ({
      name: server,
      module: server,
      targets: [`${server}.web.svc.cluster.local`],
    }));
    const central = overlay === 'central' ? { probes } : {};
    const patches = probes.map(({ name: server, targets: [value] }) => ({
      target: { kind: 'Probe', name: `keepalive-exporter-${server}` },
      patch: JSON.stringify([{ op: 'add', path: '/spec/targets/staticConfig/static/-', value }]),
    }));
    const made = await kustomizeOwn({ ...withWeb, resources: [`../${overlay}`], patches });
    const release = { name, values: { ...values, ...central, web } };
    expect(intentOf(made)).toEqual(intentOf(helmTemplate(release)));
  });

  test('TLS and a password for a sidecar', async () => {
    const made = await kustomizeOwn({ ...withWeb, resources: ['../nginx-sidecar'] });
    expectWhole(made);
    const values = { ...sidecar, ...bare, web, sidecar: { podSelector } };
    const release = { name: 'keepalive-exporter-sidecar', namespace: 'web', values };
    const isMonitor = ({ kind }: KubernetesObject) => kind === 'PodMonitor';
    expect(intentOf(made.filter(isMonitor))).toEqual(
      intentOf(helmTemplate(release).filter(isMonitor)),
    );
    const pod = podOf(sidecarPatch(release));
    const workload = made.find(({ kind }) => kind === 'Deployment');
    const own = workload && podOf(workload);
    expect(own?.initContainers).toEqual(pod?.initContainers);
    const secrets = (owner: typeof own) => owner?.volumes?.filter((volume) => 'secret' in volume);
    expect(secrets(pod)).toHaveLength(1);
    expect(secrets(own)).toEqual(secrets(pod));
  });

  test('another name of the certificate, as documented', async () => {
    const page = 'docs/deploy/central-probe.md';
    const patches = parse(docBlock(page, 'yaml', 'tlsConfig/serverName')) as object;
    const made = await kustomizeOwn({ ...withWeb, resources: ['../central'], ...patches });
    const names = JSON.stringify(made).match(/"serverName":"[^"]*"/g);
    expect(names).toEqual(Array(3).fill('"serverName":"my.name"'));
  });

  test('rules and dashboards alone', () => {
    const kinds = /^(PrometheusRule|ConfigMap)$/;
    const made = helmTemplate({ values: { existingConfigMap: 'x' } });
    expect(intentOf(made.filter(({ kind }) => kinds.test(kind)))).toEqual(
      intentOf(kustomize(join(manifests, 'overlays/monitoring'))),
    );
  });

  test.each([
    ['nginx', ''],
    ['apache', 'logs'],
  ])('what a sidecar of %s needs beside the workload, and the patch', (server, logsVolume) => {
    const overlay = kustomize(join(manifests, `overlays/${server}-sidecar`));
    const config = readConfig(`${server}-sidecar`);
    const release = {
      name: 'keepalive-exporter-sidecar',
      namespace: 'web',
      values: { ...bare, mode: 'sidecar', config, sidecar: { logsVolume, podSelector } },
    };
    const beside = overlay.filter(
      ({ kind, metadata }) =>
        kind !== 'Deployment' && !metadata.name.startsWith(`${server}-config`),
    );
    expect(intentOf(helmTemplate(release))).toEqual(intentOf(beside));
    const made = podOf(sidecarPatch(release));
    const workload = overlay.find(({ kind }) => kind === 'Deployment');
    expect(made?.initContainers).toEqual(workload && podOf(workload)?.initContainers);
  });
});
