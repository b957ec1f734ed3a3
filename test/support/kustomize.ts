import { spawnSync } from 'node:child_process';
import { kubernetesTool } from '../../tools/kubernetes-tools/fetch-tools.ts';
import { type KubernetesObject, loadObjects } from './kubernetes-objects.ts';

/** What `kubectl kustomize` makes of a directory; it asks no cluster. */
export function kustomize(directory: string): readonly KubernetesObject[] {
  const { stdout, stderr } = spawnSync(kubernetesTool('kubectl'), ['kustomize', directory], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (stderr !== '') throw new Error(`Cannot build ${directory}: ${stderr}`);
  return loadObjects(stdout);
}
