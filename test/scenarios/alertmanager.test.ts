import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { alertFile, readRules } from '../support/alert-files.ts';
import { amtool } from '../support/amtool.ts';
import { docBlock, repository } from '../support/doc-blocks.ts';
import { keepTempDirectory } from '../support/keep.ts';
import { expectValid, loadObjects } from '../support/kubernetes-objects.ts';
import { type RealAlertmanager, startAlertmanager } from '../support/real-alertmanager.ts';
import { waitUntil } from '../support/wait-until.ts';

type Labels = Readonly<Record<string, string>>;

interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

const shipped = parse(readFileSync(alertFile('alertmanager/alertmanager.yml'), 'utf8')) as {
  readonly inhibit_rules: readonly InhibitRule[];
};

const quiet = { route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] };

/** Which of some alerts, all firing at once, are held back. */
interface Case {
  readonly what: string;
  readonly firing: readonly Labels[];
  /** Names, and the label that tells two of a name apart. */
  readonly heldBack: readonly string[];
}

const shop = { instance: 'web1:9117', target: 'shop' };
const page = (alertname: string, labels: Labels = shop) => ({
  alertname,
  severity: 'critical',
  ...labels,
});
const ticket = (alertname: string, labels: Labels = shop) => ({
  ...page(alertname, labels),
  severity: 'warning',
});

const nearlyFull = ['StatusSlow', 'SaturationHigh', 'AcceptQueueGrowing'].map((name) =>
  ticket(`Webserver${name}`),
);
const causes = [
  'WebserverKeepaliveHoarding',
  'WebserverSlowClients',
  'WebserverOneClientHoldsSlots',
  'WebserverLatencyP95High',
  'WebserverClientAbortSpike',
  'WebserverRequestTimeoutSpike',
  'WebserverGracefulRestartStuck',
  'WebserverFileDescriptorsNearLimit',
  'WebserverLimitLogged',
  'WebserverLogSourceDown',
].map((name) => ticket(name));

const cases: readonly Case[] = [
  {
    what: 'a full server: what says the same is held back, what may be the cause is not',
    firing: [page('WebserverExhausted'), page('WebserverDown'), ...nearlyFull, ...causes],
    heldBack: ['WebserverDown', ...nearlyFull.map(({ alertname }) => alertname)],
  },
  {
    what: 'a full server whose page is silent: the page that says more',
    firing: [page('WebserverExhaustedUnreachable'), page('WebserverExhausted')],
    heldBack: ['WebserverExhausted'],
  },
  {
    what: 'another target, another exporter, another cluster: nothing of theirs',
    firing: [
      page('WebserverExhausted', { ...shop, cluster: 'eu' }),
      page('WebserverDown', { ...shop, target: 'blog', cluster: 'eu' }),
      page('WebserverDown', { ...shop, instance: 'web2:9117', cluster: 'eu' }),
      page('WebserverDown', { ...shop, cluster: 'us' }),
      page('WebserverDown', shop),
    ],
    heldBack: [],
  },
  {
    what: 'a server that is down hides no log, no restart loop and nobody else',
    firing: [page('WebserverDown'), ticket('WebserverRestartLoop'), ...causes],
    heldBack: [],
  },
  {
    what: 'a budget: the page, not the ticket beside it, and only of the same service',
    firing: [
      page('WebserverAvailabilityBudgetBurn', { target: 'shop', window: '1h' }),
      ticket('WebserverAvailabilityBudgetBurn', { target: 'shop', window: '1d' }),
      ticket('WebserverAvailabilityBudgetBurn', { target: 'blog', window: '1d' }),
      ticket('WebserverLatencyBudgetBurn', { target: 'shop', window: '1d' }),
    ],
    heldBack: ['WebserverAvailabilityBudgetBurn'],
  },
  {
    what: 'a host lost with its exporter: one page, and the last thing known of its server stays',
    firing: [
      page('WebserverUnobserved', { instance: 'web1:9117' }),
      ticket('KeepaliveExporterDown', { instance: 'web1:9117' }),
      page('WebserverExhausted'),
    ],
    heldBack: ['KeepaliveExporterDown'],
  },
  {
    what: 'a fleet: one page, and full servers beside it',
    firing: [
      page('WebserverFleetDown', {}),
      page('WebserverDown'),
      page('WebserverUnobserved', { instance: 'web2:9117' }),
      page('WebserverExhausted', { instance: 'web3:9117', target: 'shop' }),
      ticket('WebserverSaturationHigh', { instance: 'web4:9117', target: 'shop' }),
    ],
    heldBack: ['WebserverDown', 'WebserverUnobserved'],
  },
  {
    what: 'an exporter that is down hides no ticket of its servers',
    firing: [ticket('KeepaliveExporterDown'), ...causes],
    heldBack: [],
  },
];

/** Cases run beside each other: each is a job of its own. */
const jobOf = (index: number) => `case-${index}`;

function checkInhibitions(start: () => Promise<RealAlertmanager>, extra: Labels): void {
  let alertmanager: RealAlertmanager;
  beforeAll(async () => {
    alertmanager = await start();
    await alertmanager.send(
      cases.flatMap(({ firing }, index) =>
        firing.map((labels) => ({ ...extra, ...labels, job: jobOf(index) })),
      ),
    );
    const expected = cases.reduce((sum, { heldBack }) => sum + heldBack.length, 0);
    await waitUntil({
      until: 'the inhibitions are in force',
      holds: async () => (await alertmanager.inhibited()).length >= expected,
    });
  });
  afterAll(() => alertmanager.stop());

  it.each(cases.map(({ what, heldBack }, index) => [what, index, heldBack] as const))(
    '%s',
    async (_, index, heldBack) => {
      const held = (await alertmanager.inhibited()).filter(({ job }) => job === jobOf(index));
      expect(held.map(({ alertname }) => alertname).toSorted()).toEqual(heldBack.toSorted());
    },
  );
}

describe('alertmanager.yml', () => {
  checkInhibitions(() => startAlertmanager({ ...quiet, inhibit_rules: shipped.inhibit_rules }), {});

  test('the cases name alerts that there are', () => {
    const known = readRules().map(({ alert }) => alert);
    for (const { firing } of cases) {
      for (const { alertname } of firing) expect(known).toContain(alertname);
    }
  });
});

interface Matcher {
  readonly name: string;
  readonly matchType: string;
  readonly value: string;
}

interface Route {
  readonly receiver: string;
  readonly matchers?: readonly Matcher[];
  readonly routes?: readonly Route[];
}

interface AlertmanagerConfig {
  readonly spec: {
    readonly route?: Route;
    readonly receivers?: readonly { readonly name: string }[];
    readonly inhibitRules?: readonly {
      readonly sourceMatch: readonly Matcher[];
      readonly targetMatch: readonly Matcher[];
      readonly equal: readonly string[];
    }[];
  };
}

const namespace = 'web';
const inNamespace = `namespace="${namespace}"`;
const write = ({ name, matchType, value }: Matcher) => `${name}${matchType}"${value}"`;

/**
 * What the Prometheus Operator makes of the cluster's configuration and an AlertmanagerConfig in a namespace
 * (pkg/alertmanager/amcfg.go, OnNamespace): a matcher for that namespace on the first route and on both sides of each
 * inhibition, `continue` on the first route, and the cluster's own routes behind it.
 */
function asOperator({ spec }: AlertmanagerConfig): object {
  const { route, receivers = [], inhibitRules = [] } = spec;
  const convert = ({ receiver, matchers = [], routes = [] }: Route): object => ({
    receiver,
    matchers: matchers.map(write),
    routes: routes.map(convert),
  });
  const first = route && { ...convert(route), continue: true };
  const matchers = [...(route?.matchers ?? []).map(write), inNamespace];
  return {
    route: {
      receiver: 'cluster',
      routes: first === undefined ? [] : [{ ...first, matchers }],
    },
    receivers: [{ name: 'cluster' }, ...receivers.map(({ name }) => ({ name }))],
    inhibit_rules: inhibitRules.map(({ sourceMatch, targetMatch, equal }) => ({
      source_matchers: [...sourceMatch.map(write), inNamespace],
      target_matchers: [...targetMatch.map(write), inNamespace],
      equal,
    })),
  };
}

const shippedObject = readFileSync(
  join(repository, 'deploy/kubernetes/components/alertmanager-config/alertmanager-config.yaml'),
  'utf8',
);

describe('the AlertmanagerConfig, as the Operator reads it', () => {
  const config = parse(shippedObject) as AlertmanagerConfig;

  it('routes nothing and needs no Secret', () => {
    expect(config.spec.route).toBeUndefined();
    expect(config.spec.receivers).toBeUndefined();
  });

  checkInhibitions(() => startAlertmanager(asOperator(config)), { namespace });
});

describe('the route of docs/deploy/central-probe.md', () => {
  const page = 'docs/deploy/central-probe.md';
  const text = docBlock(page, 'yaml', 'kind: AlertmanagerConfig');

  it('is valid, and its Secret is made by the command above it', () => {
    for (const object of loadObjects(text)) expectValid(object);
    const [, secret = ''] = /urlSecret: \{ name: ([\w-]+), key: \w+ \}/.exec(text) ?? [];
    expect(docBlock(page, 'sh', 'create secret')).toContain(`create secret generic ${secret} `);
  });

  it.each([
    ['web-pages', ['alertname=WebserverExhausted', 'severity=critical', `namespace=${namespace}`]],
    [
      'web-tickets',
      ['alertname=WebserverLogStalled', 'severity=warning', `namespace=${namespace}`],
    ],
    [
      'web-tickets',
      ['alertname=KeepaliveExporterDown', 'severity=warning', `namespace=${namespace}`],
    ],
    ['cluster', ['alertname=KubePodCrashLooping', 'severity=critical', `namespace=${namespace}`]],
    ['cluster', ['alertname=WebserverExhausted', 'severity=critical', 'namespace=other']],
    ['cluster', ['alertname=Watchdog', 'severity=none', `namespace=${namespace}`]],
    ['cluster', ['alertname=WebserverMetricsAbsent', 'severity=warning']],
  ])('sends to %s what has %j', async (receiver, labels) => {
    const file = join(await keepTempDirectory('routes'), 'alertmanager.yml');
    writeFileSync(file, JSON.stringify(asOperator(parse(text) as AlertmanagerConfig)));
    const args = ['config', 'routes', 'test', `--config.file=${file}`];
    const { exitCode, output } = amtool([...args, `--verify.receivers=${receiver}`, ...labels]);
    expect(exitCode, output).toBe(0);
  });
});
