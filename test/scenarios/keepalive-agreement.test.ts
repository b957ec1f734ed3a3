import { expect, test } from 'vitest';
import { type KeepaliveSettings, keepaliveSettings } from '../../src/audit/keepalive-settings.ts';
import { readBinaryVersion } from '../../src/io/read-binary-version.ts';
import { auditFiles } from '../../src/pipeline/audit-files.ts';
import type { KeepaliveReport } from '../../src/snapshot/keepalive-report.ts';
import type { ServerKind } from '../../src/snapshot/status-page.ts';
import { checkUrl } from '../support/check-url.ts';
import {
  type GeneratedConfig,
  type GeneratedSite,
  generateConfigs,
  placeHosts,
  renderApacheHosts,
  renderNginxHosts,
} from '../support/generated-keepalive.ts';
import { keep, keepTempDirectory } from '../support/keep.ts';
import { measureLateness } from '../support/lateness.ts';
import { startApache } from '../support/real-apache.ts';
import { startNginx } from '../support/real-nginx.ts';

const toleratedSeconds = 0.2;
const maxRequests = 20;
/** Apache does not count the first request of a connection as kept alive. */
const uncounted = { apache: 1, nginx: 0 } as const;

/** What one of the two says of a host: 0 seconds when connections are not reused. */
interface Said {
  readonly seconds: number | undefined;
  readonly requests: number | undefined;
}

function ofAudit({ server, isOn, timeoutSeconds, requestLimit }: KeepaliveSettings): Said {
  if (!isOn) return { seconds: 0, requests: 1 };
  const requests = (requestLimit ?? Number.NaN) + uncounted[server];
  // The probe stops counting there.
  return { seconds: timeoutSeconds, requests: requests > maxRequests ? undefined : requests };
}

function ofProbe({ reuse, idle, requests }: KeepaliveReport): Said {
  if (reuse.http11 === 'closed') return { seconds: 0, requests: requests.requestsPerConnection };
  return { seconds: idle.idleTimeoutSeconds, requests: requests.requestsPerConnection };
}

async function audited(server: ServerKind, file: string): Promise<readonly KeepaliveSettings[]> {
  const version = await readBinaryVersion(server);
  const versions =
    version === undefined ? {} : { [server]: { version, source: 'binary' as const } };
  const done = await auditFiles({
    files: { [server]: file },
    versions,
    machine: { cpuCount: 2 },
    chain: {},
  });
  if (!done.ok) throw new Error(done.error);
  return keepaliveSettings(done.value.subject);
}

function probeAll(sites: readonly GeneratedSite[]): Promise<readonly KeepaliveReport[]> {
  const limits = { maxWaitSeconds: 20, maxRequests, waiting: 2 };
  return Promise.all(
    sites.map(({ port, name }) => checkUrl(`http://127.0.0.1:${port}/`, { ...limits, host: name })),
  );
}

interface Comparison {
  readonly config: GeneratedConfig;
  readonly sites: readonly GeneratedSite[];
  readonly settings: readonly KeepaliveSettings[];
}

/** Both sayings of every host, as text, so that a difference shows which configuration it comes from. */
async function compare({ config, sites, settings }: Comparison) {
  const { result: reports, latenessSeconds } = await measureLateness(() => probeAll(sites));
  const differing = reports.flatMap((report, index) => {
    const setting = settings[index];
    if (setting === undefined) return [{ index, config }];
    const [audit, probe] = [ofAudit(setting), ofProbe(report)];
    const apart = Math.abs((audit.seconds ?? Number.NaN) - (probe.seconds ?? Number.NaN));
    const tolerated = toleratedSeconds + latenessSeconds;
    const agree = apart <= tolerated && audit.requests === probe.requests;
    return agree ? [] : [{ index, audit, probe, latenessSeconds, config }];
  });
  return { hosts: reports.length, differing };
}

async function compareApache(config: GeneratedConfig, mpm: 'prefork' | 'worker' | 'event') {
  const directory = await keepTempDirectory('generated');
  const sites = await placeHosts(config.hosts);
  const extraConfig = await renderApacheHosts(config, { sites, directory });
  const apache = keep(
    await startApache({
      mpm,
      maxRequestWorkers: 20,
      keepAliveTimeout: 1,
      maxKeepAliveRequests: 4,
      extraConfig,
    }),
  );
  const settings = await audited('apache', apache.configFile);
  return compare({ config, sites, settings });
}

async function compareNginx(config: GeneratedConfig) {
  const directory = await keepTempDirectory('generated');
  const sites = await placeHosts(config.hosts);
  const nginx = keep(
    await startNginx({
      workerProcesses: 1,
      workerConnections: 256,
      keepaliveTimeout: Number.parseInt(config.main.timeout ?? '1', 10),
      extraHttp: await renderNginxHosts(config, { sites, directory }),
    }),
  );
  // The first server is that of the status page.
  const [, ...settings] = await audited('nginx', nginx.configFile);
  return compare({ config, sites, settings });
}

/** Started and measured a few at a time: the machine must not be what is measured. */
async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += 5) {
    results.push(...(await Promise.all(items.slice(from, from + 5).map(work))));
  }
  return results;
}

// Seeds whose configurations hold a host that gets the timeout of the first host of its address.
test.each([
  ['prefork', 22],
  ['worker', 23],
  ['event', 24],
] as const)('audit and probe agree on generated configurations of Apache %s', async (mpm, seed) => {
  const configs = generateConfigs(['1', '1500ms', '2'], { count: 8, seed });
  const compared = await inBatches(configs, (config) => compareApache(config, mpm));
  expect(compared.flatMap(({ differing }) => differing)).toEqual([]);
  expect(compared.reduce((sum, { hosts }) => sum + hosts, 0)).toBeGreaterThan(8);
});

test('audit and probe agree on generated configurations of nginx', async () => {
  const configs = generateConfigs(['1', '1500ms', '2s', '1s 30s'], { count: 8, seed: 32 });
  const compared = await inBatches(configs, compareNginx);
  expect(compared.flatMap(({ differing }) => differing)).toEqual([]);
  expect(compared.reduce((sum, { hosts }) => sum + hosts, 0)).toBeGreaterThan(8);
});
