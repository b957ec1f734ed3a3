import { readFileSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseConfig } from '../../src/config/parse-config.ts';
import { parseWebConfig } from '../../src/config/web-config.ts';
import { docBlock, repository } from '../support/doc-blocks.ts';
import { chart, helmTemplate, helmText, runHelm } from '../support/helm.ts';
import { keepTempDirectory } from '../support/keep.ts';
import { expectWhole, type KubernetesObject } from '../support/kubernetes-objects.ts';
import { podOf } from '../support/kubernetes-pods.ts';
import { kustomize } from '../support/kustomize.ts';

const source = join(repository, 'deploy/kubernetes');
const readme = 'deploy/helm/keepalive-exporter/README.md';
const readConfig = (overlay: string): object =>
  parse(readFileSync(join(source, 'overlays', overlay, 'config.yml'), 'utf8'));
const sidecar = { mode: 'sidecar', config: readConfig('nginx-sidecar') };
/** As the README has it. */
const { web } = parse(docBlock(readme, 'yaml', 'existingSecret: exporter-web')) as { web: object };
const bare = { prometheusRule: { enabled: false }, dashboards: { enabled: false } };

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

test.each([
  ['mode: centre', /mode/],
  ['replicas: 2', /replicas/],
  ['mode: sidecar', /config is empty; write the targets/],
  ['podMonitor: {interval: 15}', /interval/],
  ['serviceMonitor: {enabled: true}', /they would double every series/],
  [
    'config: {targets: [{name: a, server: nginx, status_url: "http://a/s"}]}',
    /each replica would report every target/,
  ],
  [
    '{mode: daemonset, probes: [{name: a, module: apache, targets: [a]}]}',
    /only mode central answers them/,
  ],
  ['probes: [{name: a, module: apache}]', /probes/],
  ['web: {scheme: https}', /existingSecret is empty/],
  ['web: {authentication: true}', /existingSecret is empty/],
  [
    'web: {existingSecret: a, prometheus: {basicAuth: {username: {name: a, key: b}}}}',
    /the probes of kubelet would be refused/,
  ],
  ['docs: {runbookUrl: wiki}', /runbookUrl/],
])('%s is refused in a sentence', (values, reason) => {
  expect(() => helmText({ values: parse(values) })).toThrow(reason);
});

/** The handlers of kubelet's probes, of every container of a pod. */
const handlersOf = (values: object) =>
  [...helmText({ values }).matchAll(/(?:livenessProbe|readinessProbe):\n\s+(.+)/g)].map(
    ([, handler]) => handler,
  );

test('kubelet asks as the port answers: authentication is in front of every path', () => {
  const existingSecret = 'exporter-web';
  expect(handlersOf({})).toEqual([
    'httpGet: {path: /-/healthy, port: metrics}',
    'httpGet: {path: /-/ready, port: metrics}',
  ]);
  expect(handlersOf({ web: { existingSecret, scheme: 'https' } })).toEqual([
    'httpGet: {path: /-/healthy, port: metrics, scheme: HTTPS}',
    'httpGet: {path: /-/ready, port: metrics, scheme: HTTPS}',
  ]);
  expect(handlersOf({ web })).toEqual(['tcpSocket: {port: metrics}', 'tcpSocket: {port: metrics}']);
});

test('the web configuration is mounted where the flag reads it, in every mode, and the README’s is accepted', () => {
  const shipped = parseWebConfig(docBlock(readme, 'yaml', 'basic_auth_users:'));
  expect(shipped).toMatchObject({ ok: true });
  for (const values of [{ web }, { mode: 'daemonset', web }]) {
    const text = helmText({ values: { ...values, ...bare } });
    expect(text).toContain('- --web.config.file=/run/secrets/keepalive-exporter-web/web.yml');
    expect(text).toContain('mountPath: /run/secrets/keepalive-exporter-web');
    expect(text).toContain('secretName: exporter-web');
  }
  const notes = ['install', 'x', chart, '--dry-run=client', '-f', '-'];
  const { stdout } = runHelm(notes, stringify({ ...sidecar, ...bare, web }));
  expect(stdout).toContain('mountPath: /run/secrets/keepalive-exporter-web');
  expect(stdout).toContain('secretName: exporter-web');
  expect(stdout).toMatch(/livenessProbe:\n\s+tcpSocket: {port: keepalive}/);
});

test('Prometheus asks each object over HTTPS with the password', () => {
  const probes = [{ name: 'a', module: 'apache', targets: ['a.svc'] }];
  const asked = (values: object) =>
    helmTemplate({ values: { ...bare, web, ...values } })
      .filter(({ kind }) => /Monitor|Probe$/.test(kind))
      .map(({ kind, spec }) => [kind, JSON.stringify(spec)] as const);
  const all = [
    ...asked({ probes }),
    ...asked({ podMonitor: { enabled: false }, serviceMonitor: { enabled: true } }),
  ];
  expect(all.map(([kind]) => kind).toSorted()).toEqual(['PodMonitor', 'Probe', 'ServiceMonitor']);
  for (const [kind, spec] of all) {
    expect(spec, kind).toContain('"scheme":"https"');
    expect(spec, kind).toContain(
      '"basicAuth":{"password":{"key":"password","name":"exporter-login"}',
    );
    expect(spec, kind).toContain('"serverName":"exporter.internal"');
  }
});

test('a PodDisruptionBudget only comes with more than one replica', () => {
  const kinds = (replicas: number) =>
    helmTemplate({ values: { ...bare, central: { replicas } } }).map(({ kind }) => kind);
  expect(kinds(2)).toContain('PodDisruptionBudget');
  expect(kinds(1)).not.toContain('PodDisruptionBudget');
});

test('alerts link where the values say, and nowhere without', () => {
  const text = (docs: object) =>
    helmText({ values: { docs } }, '--show-only=templates/prometheus-rule.yaml');
  expect(text({})).not.toMatch(/runbook_url|dashboard_url/);
  const linked = text({ runbookUrl: 'https://wiki.internal/r', grafanaUrl: 'https://g.internal' });
  expect(linked).toContain('runbook_url: https://wiki.internal/r/WebserverExhausted.md');
  expect(linked).toContain('https://g.internal/d/keepalive-service?');
});

test('an alert can be left out, and all others get labels', () => {
  const prometheusRule = {
    disabledAlerts: ['WebserverLimitUnknown'],
    alertLabels: { team: 'web' },
  };
  const text = (values: object) =>
    helmText({ values }, '--show-only=templates/prometheus-rule.yaml');
  const count = (values: object, word: string) => text(values).split(word).length - 1;
  expect(count({ prometheusRule }, 'alert: ')).toBe(count({}, 'alert: ') - 1);
  expect(count({ prometheusRule }, 'team: web')).toBe(count({}, 'alert: ') - 1);
});

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
  const parsed = Object.entries(data).map(([name, text]) => [name, parse(text)]);
  return { ...object, data: Object.fromEntries(parsed) };
}

/** The pod in the patch that the notes of the chart show for a sidecar. */
function sidecarPatch({ name, values }: { readonly name: string; readonly values: object }) {
  const [, patch = ''] = runHelm(
    ['install', name, chart, '--namespace=web', '--dry-run=client', '-f', '-'],
    stringify(values),
  ).stdout.split(/^ {2}kubectl .*$/m);
  const { spec } = parse(patch.split('\n\nPrometheus scrapes')[0] ?? '') as KubernetesObject;
  return podOf({ spec } as unknown as KubernetesObject);
}

/** What an overlay in a copy of deploy/kubernetes makes. */
async function kustomizeOwn(kustomization: object): Promise<readonly KubernetesObject[]> {
  const path = await keepTempDirectory('kustomize');
  await cp(source, path, { recursive: true });
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
      intentOf(kustomize(join(source, 'overlays/node-logs'))),
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
    const values = { ...sidecar, ...bare, web };
    const release = { name: 'keepalive-exporter-sidecar', namespace: 'web', values };
    const isMonitor = ({ kind }: KubernetesObject) => kind === 'PodMonitor';
    expect(intentOf(made.filter(isMonitor))).toEqual(
      intentOf(helmTemplate(release).filter(isMonitor)),
    );
    const pod = sidecarPatch(release);
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
      intentOf(kustomize(join(source, 'overlays/monitoring'))),
    );
  });

  test.each([
    ['nginx', ''],
    ['apache', 'logs'],
  ])('what a sidecar of %s needs beside the workload, and the patch', (server, logsVolume) => {
    const overlay = kustomize(join(source, `overlays/${server}-sidecar`));
    const config = readConfig(`${server}-sidecar`);
    const release = {
      name: 'keepalive-exporter-sidecar',
      namespace: 'web',
      values: { ...bare, mode: 'sidecar', config, sidecar: { logsVolume } },
    };
    const beside = overlay.filter(
      ({ kind, metadata }) =>
        kind !== 'Deployment' && !metadata.name.startsWith(`${server}-config`),
    );
    expect(intentOf(helmTemplate(release))).toEqual(intentOf(beside));
    const made = sidecarPatch(release);
    const workload = overlay.find(({ kind }) => kind === 'Deployment');
    expect(made?.initContainers).toEqual(workload && podOf(workload)?.initContainers);
  });
});

test('the README’s chart, with this one as its dependency, makes a valid workload with the sidecar', async () => {
  const path = await keepTempDirectory('helm');
  const own = join(path, 'shop');
  await mkdir(join(own, 'templates'), { recursive: true });
  await cp(chart, join(own, 'charts/keepalive-exporter'), { recursive: true });
  const about = { apiVersion: 'v2', name: 'shop', version: '1.0.0' };
  await writeFile(
    join(own, 'Chart.yaml'),
    `${stringify(about)}${docBlock(readme, 'yaml', 'dependencies:')}`,
  );
  await writeFile(join(own, 'values.yaml'), docBlock(readme, 'yaml', 'mode: sidecar'));
  await writeFile(
    join(own, 'templates/deployment.yaml'),
    docBlock(readme, 'yaml', 'kind: Deployment'),
  );
  const objects = helmTemplate({ chart: own, name: 'shop', namespace: 'web' });
  expectWhole(objects);
  const workload = objects.find(({ kind }) => kind === 'Deployment');
  expect(workload && podOf(workload)?.initContainers).toMatchObject([{ restartPolicy: 'Always' }]);
  expect(objects.map(({ kind }) => kind).toSorted()).toEqual([
    'ConfigMap',
    'Deployment',
    'PodMonitor',
  ]);
});

test('the README’s values for the central mode are accepted', () => {
  expectWhole(helmTemplate({ values: parse(docBlock(readme, 'yaml', 'probes:')) as object }));
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
