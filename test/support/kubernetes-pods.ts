import type { KubernetesObject, Volume } from './kubernetes-objects.ts';

export interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean;
    readonly seccompProfile?: { readonly type: string };
  };
  readonly containers: readonly Container[];
  initContainers?: readonly Container[];
  volumes?: readonly Volume[];
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly restartPolicy?: 'Always';
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  };
  readonly resources?: {
    readonly requests?: object;
    readonly limits?: { readonly memory?: string };
  };
  readonly livenessProbe?: {
    readonly httpGet?: { readonly path: string; readonly host?: string };
    readonly initialDelaySeconds?: number;
  };
  readonly readinessProbe?: { readonly httpGet?: { readonly path: string } };
}

/** The pod that a workload makes; undefined for objects that make none. */
export function podOf({ spec }: KubernetesObject): PodSpec | undefined {
  return (spec?.['template'] as { spec: PodSpec } | undefined)?.spec;
}

export function containersOf({ initContainers = [], containers }: PodSpec): readonly Container[] {
  return [...initContainers, ...containers];
}
