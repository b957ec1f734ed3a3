import { deriveKeepaliveReport } from '../../src/derive/keepalive-report.ts';
import { checkKeepalive } from '../../src/pipeline/check-keepalive.ts';
import type { CheckLimits } from '../../src/snapshot/keepalive-facts.ts';
import type { KeepaliveReport } from '../../src/snapshot/keepalive-report.ts';

const limits: CheckLimits = { maxWaitSeconds: 20, maxRequests: 30, waiting: 4, timeoutSeconds: 60 };

export interface CheckUrlOptions extends Partial<CheckLimits> {
  readonly caFile?: string;
  readonly insecure?: boolean;
  /** The Host header, for a virtual host by name. */
  readonly host?: string;
  readonly signal?: AbortSignal;
  /** Called when nothing is left to do but to wait for the server to close idle connections. */
  readonly onWaiting?: () => void;
}

/** What `check-keepalive` measures of a URL. */
export async function checkUrl(
  url: string,
  options: CheckUrlOptions = {},
): Promise<KeepaliveReport> {
  const {
    caFile,
    insecure = false,
    host,
    signal = new AbortController().signal,
    onWaiting = () => undefined,
    ...more
  } = options;
  const tls = {
    insecure_skip_verify: insecure,
    ...(caFile === undefined ? {} : { ca_file: caFile }),
  };
  const facts = await checkKeepalive({
    url: new URL(url),
    http: { headers: {}, tls, ...(host === undefined ? {} : { host }) },
    userAgent: 'keepalive-exporter/0',
    resolveName: () => Promise.resolve(['127.0.0.1']),
    limits: { ...limits, ...more },
    signal,
    onProgress: ({ kind }) => {
      if (kind === 'waiting') onWaiting();
    },
    clock: () => performance.now() / 1000,
  });
  return deriveKeepaliveReport(facts);
}
