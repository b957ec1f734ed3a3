import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { kubernetesTool } from '../../tools/kubernetes-tools/fetch-tools.ts';
import { repository } from './doc-blocks.ts';
import { type KubernetesObject, loadObjects } from './kubernetes-objects.ts';

export const chart = join(repository, 'deploy/helm/keepalive-exporter');

export interface Release {
  readonly name?: string;
  readonly namespace?: string;
  readonly values?: object;
  readonly chart?: string;
}

export function runHelm(args: readonly string[], input = '') {
  const run = spawnSync(kubernetesTool('helm'), args, {
    encoding: 'utf8',
    input,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: run.status, stdout: run.stdout, stderr: run.stderr };
}

/** The text that `helm template` makes; a refusal is an exception with helm's words. */
export function helmText(release: Release, ...flags: readonly string[]): string {
  const { name = 'keepalive-exporter', namespace = 'monitoring', values = {} } = release;
  const args = ['template', name, release.chart ?? chart, `--namespace=${namespace}`, '-f', '-'];
  const { status, stdout, stderr } = runHelm([...args, ...flags], stringify(values));
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** What the notes of the chart print for `kubectl patch`. */
export function sidecarPatch({ name = 'keepalive-exporter', values = {} }: Release) {
  const args = ['install', name, chart, '--namespace=web', '--dry-run=client', '-f', '-'];
  const [, patch = ''] = runHelm(args, stringify(values)).stdout.split(/^ {2}kubectl .*$/m);
  return parse(patch.split('\n\nPrometheus scrapes')[0] ?? '') as KubernetesObject;
}

export function helmTemplate(release: Release): readonly KubernetesObject[] {
  return loadObjects(helmText(release)).filter((object) => object !== null);
}

/** The labels by which the PodMonitor of these objects selects pods. */
export function monitoredLabels(objects: readonly KubernetesObject[]): unknown {
  const { spec } = objects.find(({ kind }) => kind === 'PodMonitor') ?? {};
  const { matchLabels } = (spec?.['selector'] ?? {}) as { matchLabels?: unknown };
  if (matchLabels === undefined) throw new Error('There is no PodMonitor with a selector');
  return matchLabels;
}
