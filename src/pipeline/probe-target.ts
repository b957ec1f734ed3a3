import { admitLookup, admitProbe, type ProbeRefusal, probeUrl } from '../config/probe-policy.ts';
import type { ProbeConfig, ProbeModule } from '../config/schema.ts';
import { err, ok, type Result } from '../result.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { createTarget } from './observe-target.ts';
import type { TargetSetOptions } from './target-set.ts';

export interface ProbeRequest {
  readonly target: string;
  readonly module: ProbeModule;
  readonly allow: ProbeConfig['allow'];
  readonly deadlineMilliseconds: number;
  /** Aborted when whoever asked is gone. */
  readonly signal: AbortSignal;
}

/**
 * Looks once at a target named in the request, when the configuration allows it. What is connected to is the very
 * address that was checked, so a name cannot point elsewhere a moment later.
 */
export async function probeTarget(
  request: ProbeRequest,
  options: TargetSetOptions,
): Promise<Result<TargetView, ProbeRefusal>> {
  const url = probeUrl(request.target, request.module);
  if (!url.ok) return url;
  const refusedByName = admitLookup(url.value, request.allow);
  if (refusedByName !== undefined) return err(refusedByName);
  const addresses = await resolveWithin(url.value.hostname, request, options);
  const refusal = admitProbe(url.value, addresses ?? [], request.allow);
  if (refusal !== undefined) return err(refusal);
  const { server, timeout, http, capacity } = request.module;
  const target = createTarget({
    ...options,
    resolveName:
      addresses === undefined ? unresolved(url.value.hostname) : () => Promise.resolve(addresses),
    identity: { name: request.target, server },
    statusUrl: url.value.href,
    signal: request.signal,
    timeoutMilliseconds: timeout,
    http,
    capacity,
  });
  return ok(await target.observe(request.deadlineMilliseconds));
}

async function resolveWithin(
  host: string,
  { deadlineMilliseconds }: ProbeRequest,
  { resolveName }: TargetSetOptions,
): Promise<readonly string[] | undefined> {
  const timeout = new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), deadlineMilliseconds).unref();
  });
  return Promise.race([resolveName(host).catch(() => undefined), timeout]);
}

/** Lets the fetch report the name as unresolved, in the shape every other failure has. */
function unresolved(host: string) {
  return () =>
    Promise.reject(Object.assign(new Error(`"${host}" has no address`), { code: 'ENOTFOUND' }));
}
