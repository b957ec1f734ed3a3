import type { ProbeRefusal } from '../config/probe-policy.ts';
import { deriveKeepaliveReport } from '../derive/keepalive-report.ts';
import { startDeadline } from '../io/deadline.ts';
import { agentProduct } from '../parse/log-format/own-request.ts';
import { ok, type Result } from '../result.ts';
import type { CheckLimits } from '../snapshot/keepalive-facts.ts';
import type { KeepaliveProbe } from '../snapshot/keepalive-report.ts';
import { admitTarget, type ProbeRequest } from './admit-target.ts';
import { checkKeepalive } from './check-keepalive.ts';
import type { TargetSetOptions } from './target-set.ts';

/** Part of the deadline that is kept for the late request after the wait. */
const reserveMilliseconds = 1000;

/** Checks the connections of a target named in the request, when the configuration allows it. */
export async function probeKeepalive(
  request: ProbeRequest,
  { resolveName, userAgent = `${agentProduct}0` }: TargetSetOptions,
): Promise<Result<KeepaliveProbe, ProbeRefusal>> {
  const startedAt = performance.now();
  const admitted = await admitTarget(request, resolveName);
  if (!admitted.ok) return admitted;
  const { target, module, deadlineMilliseconds, signal } = request;
  const left = Math.max(0, deadlineMilliseconds - (performance.now() - startedAt));
  const deadline = startDeadline(left, [signal]);
  const facts = await checkKeepalive({
    ...admitted.value,
    http: module.http,
    userAgent,
    limits: limitsOf(request, left),
    signal: deadline.signal,
    clock: () => performance.now() / 1000,
  }).finally(() => deadline.close());
  const report = deriveKeepaliveReport(facts);
  return ok({ target: { name: target, server: module.server }, report });
}

function limitsOf({ module }: ProbeRequest, leftMilliseconds: number): CheckLimits {
  const { max_requests = 1, connections = 1 } = module.keepalive ?? {};
  return {
    maxWaitSeconds: Math.max(0, leftMilliseconds - reserveMilliseconds) / 1000,
    maxRequests: max_requests,
    waiting: connections,
    timeoutSeconds: module.timeout / 1000,
  };
}
