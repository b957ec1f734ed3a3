import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseConfig } from '../../src/config/parse-config.ts';
import { bare, chartReadme, sidecar, web } from '../support/chart-values.ts';
import { docBlock, repository } from '../support/doc-blocks.ts';
import { chart, helmTemplate, helmText, monitoredLabels, runHelm } from '../support/helm.ts';
import { keepTempDirectory } from '../support/keep.ts';
import { expectWhole } from '../support/kubernetes-objects.ts';
import { podOf } from '../support/kubernetes-pods.ts';

test('helm lint --strict has nothing to say', () => {
  expect(runHelm(['lint', '--strict', chart])).toMatchObject({ status: 0 });
});

const matrix: readonly (readonly [string, object])[] = [
  ['as it is', {}],
  ['daemonset', { mode: 'daemonset' }],
  ['sidecar', sidecar],
  [
    'central with everything',
    {
      fullnameOverride: 'own',
      image: { repository: 'registry.internal/e', digest: `sha256:${'0'.repeat(64)}` },
      imagePullSecrets: [{ name: 'registry' }],
      existingSecret: 'passwords',
      extraArgs: ['--log.format=json'],
      extraEnv: [{ name: 'TZ', value: 'UTC' }],
      extraVolumes: [{ name: 'more', emptyDir: { sizeLimit: '1Mi' } }],
      extraVolumeMounts: [{ name: 'more', mountPath: '/more' }],
      commonLabels: { team: 'web' },
      podLabels: { tier: 'monitoring' },
      podAnnotations: { note: 'x' },
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      affinity: { nodeAffinity: {} },
      priorityClassName: 'high',
      central: { replicas: 3, tolerations: [{ operator: 'Exists' }] },
      service: { type: 'NodePort', annotations: { a: 'b' } },
      networkPolicy: {
        dnsTo: [{ namespaceSelector: {} }],
        extraEgress: [{ ports: [{ port: 1 }] }],
      },
      podMonitor: { relabelings: [{ targetLabel: 'cluster', replacement: 'eu' }] },
      probes: [
        { name: 'apache', module: 'apache', targets: ['shop.web.svc.cluster.local'] },
        { name: 'edge', module: 'nginx', ingress: { selector: { matchLabels: { a: 'b' } } } },
      ],
      docs: { runbookUrl: 'https://wiki.internal/r/', grafanaUrl: 'https://grafana.internal' },
      prometheusRule: { disabledAlerts: ['WebserverLimitUnknown'], alertLabels: { team: 'web' } },
      alertmanagerConfig: {
        enabled: true,
        spec: { route: { receiver: 'web' }, receivers: [{ name: 'web' }] },
      },
      extraObjects: [
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'more' }, data: { a: 'b' } },
      ],
    },
  ],
  ['TLS and a password', { web, probes: [{ name: 'a', module: 'apache', targets: ['a.svc'] }] }],
  [
    'TLS and a password, with a ServiceMonitor',
    { web, podMonitor: { enabled: false }, serviceMonitor: { enabled: true } },
  ],
  ['daemonset with TLS and a password', { mode: 'daemonset', ...bare, web }],
  ['sidecar with TLS and a password', { ...sidecar, ...bare, web }],
  ['a ServiceMonitor', { podMonitor: { enabled: false }, serviceMonitor: { enabled: true } }],
  [
    'nothing that is optional',
    {
      ...bare,
      networkPolicy: { enabled: false },
      central: { replicas: 1, topologyKey: '' },
      podMonitor: { enabled: false },
    },
  ],
  [
    'daemonset with everything',
    {
      mode: 'daemonset',
      ...bare,
      existingSecret: 's',
      nodeSelector: { a: 'b' },
      daemonset: { tolerations: [] },
    },
  ],
];

test.each(matrix)('the chart renders valid objects: %s', (_, values) => {
  const objects = helmTemplate({ values });
  expectWhole(objects);
  for (const { data } of objects as readonly { data?: Record<string, string> }[]) {
    const config = data?.['config.yml'];
    if (config !== undefined) expect(parseConfig(config)).toMatchObject({ ok: true });
  }
  expect(JSON.stringify(objects)).not.toMatch(/example\.com|RUNBOOK_URL|GRAFANA_URL/);
});

test('the README’s chart, with this one as its dependency, makes a valid workload with the sidecar', async () => {
  const path = await keepTempDirectory('helm');
  const own = join(path, 'shop');
  await mkdir(join(own, 'templates'), { recursive: true });
  await cp(chart, join(own, 'charts/keepalive-exporter'), { recursive: true });
  const about = { apiVersion: 'v2', name: 'shop', version: '1.0.0' };
  await writeFile(
    join(own, 'Chart.yaml'),
    `${stringify(about)}${docBlock(chartReadme, 'yaml', 'dependencies:')}`,
  );
  await writeFile(join(own, 'values.yaml'), docBlock(chartReadme, 'yaml', 'mode: sidecar'));
  await writeFile(
    join(own, 'templates/deployment.yaml'),
    docBlock(chartReadme, 'yaml', 'kind: Deployment'),
  );
  const objects = helmTemplate({ chart: own, name: 'shop', namespace: 'web' });
  expectWhole(objects);
  const workload = objects.find(({ kind }) => kind === 'Deployment');
  expect(workload && podOf(workload)?.initContainers).toMatchObject([{ restartPolicy: 'Always' }]);
  expect(workload?.spec['template']).toMatchObject({
    metadata: { labels: monitoredLabels(objects) },
  });
  expect(objects.map(({ kind }) => kind).toSorted()).toEqual([
    'ConfigMap',
    'Deployment',
    'PodMonitor',
  ]);
});

test('the README’s values for the central mode are accepted', () => {
  expectWhole(helmTemplate({ values: parse(docBlock(chartReadme, 'yaml', 'probes:')) as object }));
});

const goldens = join(repository, 'test/fixtures/helm');

test.each([
  ['central', {}],
  ['daemonset', { mode: 'daemonset' }],
  ['sidecar', sidecar],
])('mode %s renders as in test/fixtures/helm', async (mode, values) => {
  const text = helmText({ values: { ...values, ...bare } });
  await expect(text).toMatchFileSnapshot(join(goldens, `${mode}.yaml`));
});
