import { admitLookup, admitProbe, type ProbeRefusal, probeUrl } from '../config/probe-policy.ts';
import type { ProbeConfig, ProbeModule } from '../config/schema.ts';
import type { ResolveName } from '../io/resolve-name.ts';
import { err, ok, type Result } from '../result.ts';
import { within } from './within.ts';

export interface ProbeRequest {
  readonly target: string;
  readonly module: ProbeModule;
  readonly allow: ProbeConfig['allow'];
  readonly deadlineMilliseconds: number;
  /** Aborted when the client has closed the connection. */
  readonly signal: AbortSignal;
}

export interface AdmittedTarget {
  readonly url: URL;
  /** Whether the name was resolved within the deadline. */
  readonly isResolved: boolean;
  /**
   * Returns the addresses that were checked: a second resolution of the name could return others. Rejects like any
   * other resolver when there are none.
   */
  readonly resolveName: ResolveName;
}

/** Checks whether the configuration allows probing the target that a request names. */
export async function admitTarget(
  request: ProbeRequest,
  resolveName: ResolveName,
): Promise<Result<AdmittedTarget, ProbeRefusal>> {
  const url = probeUrl(request.target, request.module);
  if (!url.ok) return url;
  const refusedByName = admitLookup(url.value, request.allow);
  if (refusedByName !== undefined) return err(refusedByName);
  const { hostname } = url.value;
  const resolving = resolveName(hostname).catch(() => undefined);
  const addresses = await within(resolving, request.deadlineMilliseconds);
  const refusal = admitProbe(url.value, addresses ?? [], request.allow);
  if (refusal !== undefined) return err(refusal);
  return ok({
    url: url.value,
    isResolved: addresses !== undefined,
    resolveName: addresses === undefined ? unresolved(hostname) : () => Promise.resolve(addresses),
  });
}

function unresolved(host: string) {
  return () =>
    Promise.reject(Object.assign(new Error(`"${host}" has no address`), { code: 'ENOTFOUND' }));
}
