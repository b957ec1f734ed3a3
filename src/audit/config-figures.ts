import type { ConfigFigures } from '../snapshot/audit.ts';
import type { AuditSubject } from './check.ts';
import { keepaliveSettings } from './keepalive-settings.ts';

/** The keep-alive settings of the first server that visitors reach. */
export function deriveConfigFigures(subject: AuditSubject): ConfigFigures | undefined {
  const [first] = keepaliveSettings(subject);
  if (first?.timeoutSeconds === undefined || first.requestLimit === undefined) return undefined;
  const { timeout, timeoutSeconds, toggle, isOn, requests, requestLimit } = first;
  const origin = isOn ? timeout.origin : toggle.origin;
  const keepaliveTimeoutSeconds = { value: timeoutSeconds, origin };
  if (!isOn) return { keepaliveTimeoutSeconds };
  const limit = Number.isFinite(requestLimit) ? requestLimit : 0;
  return {
    keepaliveTimeoutSeconds,
    keepaliveRequests: { value: limit, origin: requests.origin },
  };
}
