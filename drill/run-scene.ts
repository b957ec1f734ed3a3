import { setTimeout as sleep } from 'node:timers/promises';
import { parseExposition } from '../test/support/exposition.ts';
import { httpGet } from '../test/support/http-get.ts';
import { waitUntil } from '../test/support/wait-until.ts';
import type { Scene } from './scenes.ts';
import type { Drill } from './start-drill.ts';

export interface SceneResult {
  readonly scene: string;
  /** Time from the start of the scene to the webhook. */
  readonly arrived: readonly { readonly alert: string; readonly seconds: number }[];
  readonly missing: readonly string[];
  /** Alerts that arrived although they must not. */
  readonly wrong: readonly string[];
  /** Expected alerts without a message that they are resolved. */
  readonly unresolved: readonly string[];
  readonly ours: string;
  readonly theirs: string;
}

export interface RunOptions {
  /** Maximum time for an alert to arrive. */
  readonly patienceMilliseconds: number;
  /** Duration of a scene without an alert. Default: ten seconds. A page arrives five seconds after its cause. */
  readonly quietMilliseconds?: number;
  /** Called during the scene, when the expected alerts have arrived. */
  readonly atItsHeight?: () => Promise<void>;
}

export async function runScene(
  drill: Drill,
  scene: Scene,
  options: RunOptions,
): Promise<SceneResult> {
  const from = drill.webhook.received.length;
  const startedAt = performance.now();
  const end = await scene.begin(drill);
  const news = () => drill.webhook.received.slice(from);
  const has = (alert: string, status: 'firing' | 'resolved') =>
    news().some(
      ({ name, target, status: told }) => `${name}/${target}` === alert && told === status,
    );

  const allArrived = () => scene.expected.every((alert) => has(alert, 'firing'));
  if (scene.expected.length === 0) await sleep(options.quietMilliseconds ?? 10_000);
  else await waitQuietly(allArrived, options.patienceMilliseconds);
  const ours = await askOurs(drill, scene);
  const theirs = await askTheirs(drill, scene);
  await options.atItsHeight?.();
  await end();
  // A crashed server of the drill stays down.
  const ends = scene.name.includes('crash')
    ? []
    : scene.expected.filter((alert) => has(alert, 'firing'));
  await waitQuietly(
    () => ends.every((alert) => has(alert, 'resolved')),
    options.patienceMilliseconds,
  );
  return {
    scene: scene.name,
    arrived: scene.expected.flatMap((alert) => {
      const first = news().find(({ name, target }) => `${name}/${target}` === alert);
      return first === undefined ? [] : [{ alert, seconds: (first.at - startedAt) / 1000 }];
    }),
    missing: scene.expected.filter((alert) => !has(alert, 'firing')),
    wrong: scene.forbidden.filter((alert) => has(alert, 'firing')),
    unresolved: ends.filter((alert) => !has(alert, 'resolved')),
    ours,
    theirs,
  };
}

/** A timeout is a result here, not an error. */
async function waitQuietly(holds: () => boolean, withinMs: number): Promise<void> {
  await waitUntil({ until: 'the scene is over', withinMs, everyMs: 100, holds }).catch(
    () => undefined,
  );
}

function targetOf({ expected, forbidden }: Scene): 'prefork' | 'event' | 'nginx' {
  const target = [...expected, ...forbidden][0]?.split('/')[1];
  return target === 'event' || target === 'nginx' ? target : 'prefork';
}

/** What keepalive-exporter reports about the server now. */
async function askOurs({ exporter }: Drill, scene: Scene): Promise<string> {
  const target = targetOf(scene);
  const answer = await exporter
    .metrics({ 'x-prometheus-scrape-timeout-seconds': '2' })
    .then(parseExposition)
    .catch(() => undefined);
  if (answer === undefined) return 'no answer';
  const exhausted = answer.value('webserver_exhausted', { target });
  const evidence = answer
    .samples('webserver_exhaustion_evidence', { target })
    .filter(({ value }) => value === 1)
    .map(({ labels }) => labels['evidence']);
  const up = answer.value('webserver_up', { target });
  return `up ${up}, exhausted ${exhausted ?? 'unknown'}${evidence.length > 0 ? ` (${evidence.join(', ')})` : ''}`;
}

/** What Debian's exporter reports at the same time, within the scrape timeout. */
async function askTheirs({ peers }: Drill, scene: Scene): Promise<string> {
  const target = targetOf(scene);
  if (target === 'event') return '-';
  const { peer, metric } =
    target === 'nginx'
      ? { peer: peers.nginx, metric: 'nginx_up' }
      : { peer: peers.apache, metric: 'apache_up' };
  try {
    const { body } = await httpGet(peer.metricsUrl, { timeoutMs: 3000 });
    return `${metric} ${parseExposition(body).value(metric) ?? 'absent'}`;
  } catch {
    return 'no answer within 3 s: the scrape is lost';
  }
}
