import type { ProbeRefusal } from '../config/probe-policy.ts';
import { ok, type Result } from '../result.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { admitTarget, type ProbeRequest } from './admit-target.ts';
import { createTarget } from './observe-target.ts';
import type { TargetSetOptions } from './target-set.ts';

/** Polls the target that a request names once, if the configuration allows it. */
export async function probeTarget(
  request: ProbeRequest,
  options: TargetSetOptions,
): Promise<Result<TargetView, ProbeRefusal>> {
  const endsAt = performance.now() + request.deadlineMilliseconds;
  const admitted = await admitTarget(request, options.resolveName);
  if (!admitted.ok) return admitted;
  const { server, timeout, http, capacity } = request.module;
  const target = createTarget({
    ...options,
    resolveName: admitted.value.resolveName,
    identity: { name: request.target, server },
    statusUrl: admitted.value.url.href,
    signal: request.signal,
    timeoutMilliseconds: timeout,
    http,
    capacity,
  });
  // Without an address the poll fails at once, and says so.
  const left = admitted.value.isResolved
    ? endsAt - performance.now()
    : request.deadlineMilliseconds;
  return ok(await target.observe(left));
}
