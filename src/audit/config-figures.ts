import type { ConfigFigures } from '../snapshot/audit.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import type { AuditSubject } from './check.ts';
import { type KeepaliveSettings, keepaliveSettings } from './keepalive-settings.ts';

/** What the configuration says of the first server that visitors reach. */
export function deriveConfigFigures(subject: AuditSubject): ConfigFigures | undefined {
  const [first] = keepaliveSettings(subject);
  if (first?.timeoutSeconds === undefined || first.requestLimit === undefined) return undefined;
  const { timeout, timeoutSeconds, toggle, isOn, requests } = first;
  return {
    keepaliveTimeoutSeconds: {
      value: timeoutSeconds,
      origin: isOn ? timeout.origin : toggle.origin,
    },
    keepaliveRequests: {
      value: requestsPerConnection(first),
      origin: isOn ? requests.origin : toggle.origin,
    },
  };
}

/** Apache does not count the first request of a connection: MaxKeepAliveRequests 100 lets 101 through (measured). */
const uncounted: Readonly<Record<ServerKind, number>> = { apache: 1, nginx: 0 };

function requestsPerConnection({ server, isOn, requestLimit = 0 }: KeepaliveSettings): number {
  if (!isOn) return 1;
  return Number.isFinite(requestLimit) ? requestLimit + uncounted[server] : 0;
}
