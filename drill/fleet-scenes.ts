import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKeepaliveClients } from '../test/support/held-clients.ts';
import { waitUntil } from '../test/support/wait-until.ts';
import { type Fleet, type Host, renderExporter } from './start-fleet.ts';

export interface FleetScene {
  readonly name: string;
  /** Alerts that must fire, as `name/target`. */
  readonly must: readonly string[];
  /** Alerts that may fire as well, because they are about the same server. All others must not. */
  readonly may: readonly string[];
  /** Starts the scene. @returns a function that ends it */
  readonly begin: (fleet: Fleet) => Promise<() => Promise<unknown>>;
}

const nothingToEnd = async () => undefined;
/** Time in which a scene without alerts must fire none: longer than any shortened wait. */
const quietMilliseconds = 4000;

/** Alerts that may still fire after a flood, because their window reaches back to it. */
const afterwards = ['WebserverSaturationHigh/prefork', 'WebserverSaturationPeaks/prefork'];

/** The order matters: the replaced host is the one that is lost later. */
export function fleetScenes(): readonly FleetScene[] {
  let replaced: Host | undefined;
  return [
    { name: 'nothing happens', must: [], may: [], begin: async () => nothingToEnd },
    {
      name: 'a rolling replacement of a host with its servers',
      must: [],
      may: [],
      async begin(fleet) {
        replaced = await fleet.startSecond();
        fleet.discover([fleet.second, replaced]);
        await hasServers(fleet, 7);
        fleet.discover([replaced]);
        await hasServers(fleet, 5);
        await stopHost(fleet.second);
        return nothingToEnd;
      },
    },
    {
      name: 'a keep-alive flood on prefork',
      must: ['WebserverExhausted/prefork', 'WebserverExhaustedUnreachable/prefork'],
      may: ['KeepaliveHoarding', 'SaturationHigh', 'SaturationPeaks', 'StatusSlow'].map(
        (name) => `Webserver${name}/prefork`,
      ),
      async begin({ prefork }) {
        const options = { port: prefork.port, count: 14, answered: 10 };
        const held = await openKeepaliveClients(options);
        return () => held.close();
      },
    },
    {
      name: 'a target is renamed',
      must: [],
      may: afterwards,
      async begin({ first, prefork, event }) {
        writeFileSync(first.configFile, renderExporter({ prefork, journal: event }));
        first.signal('SIGHUP');
        return nothingToEnd;
      },
    },
    {
      name: 'a host is lost with its exporter and its servers',
      must: ['WebserverUnobserved/'],
      may: ['KeepaliveExporterDown/', ...afterwards],
      async begin(fleet) {
        if (replaced === undefined) throw new Error('run the scene of the replacement first');
        await replaced.exporter.kill();
        await stopHost(replaced);
        // Service discovery still lists it.
        return async () => fleet.discover([]);
      },
    },
    {
      name: 'the exporter behind the probe dies',
      must: ['KeepaliveProbesUnanswered/'],
      may: afterwards,
      async begin({ prober }) {
        await prober.kill();
        return nothingToEnd;
      },
    },
  ];
}

async function hasServers({ prometheus }: Fleet, count: number): Promise<void> {
  await waitUntil({
    until: `Prometheus has ${count} servers`,
    holds: async () => (await prometheus.query('webserver_up == 1')).length === count,
  });
}

async function stopHost({ exporter, servers }: Host): Promise<void> {
  await Promise.all([exporter, ...servers].map((part) => part.stop()));
}

export interface FleetResult {
  readonly scene: string;
  readonly fired: readonly string[];
  readonly missing: readonly string[];
  readonly wrong: readonly string[];
}

/**
 * Ignored alerts. The window of ten minutes becomes ten seconds here, in which a few late samples are a fifth. The
 * watchdog always fires.
 */
const notCounted = ['KeepaliveExporterSamplesMissed', 'KeepaliveExporterWatchdog'];

/** All alerts that fire during a scene and did not fire before it. */
export async function runFleetScene(
  fleet: Fleet,
  scene: FleetScene,
  onAllArrived: () => Promise<void> = async () => undefined,
): Promise<FleetResult> {
  const before = await firing(fleet, 3);
  const startedAt = performance.now();
  const end = await scene.begin(fleet);
  const news = async () => {
    const seconds = Math.ceil((performance.now() - startedAt) / 1000);
    return (await firing(fleet, seconds)).filter((alert) => !before.includes(alert));
  };
  await waitUntil({
    until: 'all expected alerts fire',
    withinMs: 120_000,
    holds: async () => {
      const fired = await news();
      return scene.must.every((alert) => fired.includes(alert));
    },
  }).catch(() => undefined);
  if (scene.must.length === 0) await sleep(quietMilliseconds);
  const fired = await news();
  await onAllArrived();
  await end();
  return {
    scene: scene.name,
    fired,
    missing: scene.must.filter((alert) => !fired.includes(alert)),
    wrong: fired.filter((alert) => ![...scene.must, ...scene.may].includes(alert)),
  };
}

async function firing({ prometheus }: Fleet, seconds: number): Promise<readonly string[]> {
  const over = `count_over_time(ALERTS{alertstate="firing"}[${seconds}s])`;
  const series = await prometheus.query(`count by (alertname, target) (${over})`);
  return series
    .map(({ metric: { alertname = '', target = '' } }) => ({ alertname, target }))
    .filter(({ alertname }) => !notCounted.includes(alertname))
    .map(({ alertname, target }) => `${alertname}/${target}`);
}
