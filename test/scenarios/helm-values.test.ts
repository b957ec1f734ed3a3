import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseWebConfig } from '../../src/config/web-config.ts';
import { bare, chartReadme, sidecar, web } from '../support/chart-values.ts';
import { docBlock } from '../support/doc-blocks.ts';
import {
  chart,
  helmTemplate,
  helmText,
  monitoredLabels,
  runHelm,
  sidecarPatch,
} from '../support/helm.ts';
import { podOf } from '../support/kubernetes-pods.ts';

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
  const shipped = parseWebConfig(docBlock(chartReadme, 'yaml', 'basic_auth_users:'));
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

test('the sidecars of two releases in a namespace have a PodMonitor each, which selects only their own pods', () => {
  const selectors = ['shop', 'blog'].map((name) => {
    const release = { name, values: { ...sidecar, ...bare } };
    const labels = monitoredLabels(helmTemplate(release));
    const { template } = sidecarPatch(release).spec as { template: { metadata: unknown } };
    expect(template.metadata).toEqual({ labels });
    return labels;
  });
  expect(selectors[0]).not.toEqual(selectors[1]);
});

test('volumes of the sidecar cannot be taken for volumes of the workload', () => {
  const values = { ...sidecar, ...bare, web, existingSecret: 'passwords' };
  const names = podOf(sidecarPatch({ values }))?.volumes?.map(({ name }) => name) ?? [];
  expect(names.length).toBe(4);
  for (const name of names) expect(name).toMatch(/^keepalive-/);
});

test('the notes warn of an image without a registry, which a cluster cannot pull', () => {
  const notes = (repository: string) =>
    runHelm(
      ['install', 'x', chart, '--dry-run=client', '-f', '-'],
      stringify({ ...bare, image: { repository } }),
    ).stdout;
  const warning = 'The image keepalive-exporter:0.2.0 names no registry: set image.repository';
  expect(notes('keepalive-exporter')).toContain(warning);
  expect(notes('registry.internal/keepalive-exporter')).not.toContain('names no registry');
});

test('names and labels are at most 63 characters long, with a long name of the release', () => {
  const name = `release-${'x'.repeat(45)}`;
  const probes = [{ name: 'apache', module: 'apache', targets: ['a.svc'] }];
  const objects = [
    ...helmTemplate({ name, values: { ...bare, probes } }),
    ...helmTemplate({ name, values: { ...bare, ...sidecar } }),
  ];
  for (const { kind, metadata } of objects) {
    if (kind === 'Service') expect(metadata.name.length).toBeLessThanOrEqual(63);
    for (const value of Object.values(metadata.labels ?? {}))
      expect(value).toMatch(/^[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/);
  }
});
