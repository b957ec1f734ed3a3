import { describe, expect, test } from 'vitest';
import { type RunningExporter, startExporter } from '../support/exporter.ts';
import { type Exposition, parseExposition } from '../support/exposition.ts';
import {
  type HeldClients,
  openBusyClients,
  openHalfHeaderClients,
  openKeepaliveClients,
} from '../support/held-clients.ts';
import { atEnd, keep, keepOpen } from '../support/keep.ts';
import { type RealApache, startApache } from '../support/real-apache.ts';
import { type RealNginx, startNginx } from '../support/real-nginx.ts';
import { waitUntil } from '../support/wait-until.ts';

interface Watched {
  readonly exporter: RunningExporter;
  read(): Promise<Exposition>;
  /** Waits for the verdict on /metrics, and returns the exposition that said it. */
  until(exhausted: 0 | 1): Promise<Exposition>;
  /** Waits for a page of an exhausted server that says so many slots of a state: workers change theirs one by one. */
  untilSlots(states: Readonly<Record<string, number>>): Promise<Exposition>;
}

async function watch(target: string): Promise<Watched> {
  const exporter = keep(await startExporter({ config: `targets: [${target}]` }));
  const read = async () =>
    parseExposition(await exporter.metrics({ 'x-prometheus-scrape-timeout-seconds': '2' }));
  const readUntil = async (until: string, holds: (last: Exposition) => boolean) => {
    let last = await read();
    await waitUntil({
      until,
      async holds() {
        last = await read();
        return holds(last);
      },
    });
    return last;
  };
  const isExhausted = (last: Exposition) => last.value('webserver_exhausted');
  return {
    exporter,
    read,
    until: (exhausted) =>
      readUntil(`the verdict is ${exhausted}`, (last) => isExhausted(last) === exhausted),
    untilSlots: (states) =>
      readUntil(
        `the server is exhausted with the slots ${JSON.stringify(states)}`,
        (last) =>
          isExhausted(last) === 1 &&
          Object.entries(states).every(
            ([state, count]) => last.value('webserver_slots', { state }) === count,
          ),
      ),
  };
}

const watchApache = (apache: RealApache, more = '') =>
  watch(`{name: shop, server: apache, status_url: "${apache.statusUrl}"${more}}`);

function evidenceOf(exposition: Exposition): readonly string[] {
  return exposition
    .samples('webserver_exhaustion_evidence')
    .filter(({ value }) => value === 1)
    .map(({ labels }) => labels['evidence'] ?? '')
    .sort();
}

const resultOf = (exposition: Exposition) =>
  exposition.samples('webserver_scrape_result').find(({ value }) => value === 1)?.labels['result'];

const lane = ', sampling: {interval: 500ms, observation_lane: true}';

describe.concurrent.each(['prefork', 'worker'] as const)('Apache %s', (mpm) => {
  const options = { mpm, maxRequestWorkers: 8, threadsPerChild: 4, serverLimit: 8 };

  test('full of idle keep-alive clients: seen from the kernel without the lane, and gone when they leave', async () => {
    const apache = keep(await startApache(options));
    const { until, read } = await watchApache(apache);
    await until(0);
    const clients = keepOpen(
      await openKeepaliveClients({ port: apache.port, count: 12, answered: 8 }),
    );
    const full = await until(1);
    expect(resultOf(full)).toBe('response_timeout');
    expect(evidenceOf(full)).toEqual(['accept_queue', 'connected_but_unanswered']);
    expect(full.value('webserver_accept_queue_length')).toBeGreaterThanOrEqual(4);
    await clients.close();
    const after = await until(0);
    expect(after.value('webserver_up')).toBe(1);
    await waitUntil({
      until: 'a sample is counted',
      holds: async () =>
        ((await read()).value('webserver_worker_saturation_samples_count') ?? 0) > 0,
    });
  });

  test('while nobody is answered, samples do not queue up at the server', async () => {
    const apache = keep(await startApache(options));
    const { until, read } = await watchApache(apache, ', sampling: {interval: 200ms}');
    await until(0);
    keepOpen(await openKeepaliveClients({ port: apache.port, count: 12, answered: 8 }));
    const full = await until(1);
    const figure = (exposition: Exposition, name: string) => exposition.value(name) ?? Number.NaN;
    const missed = (exposition: Exposition) =>
      figure(exposition, 'keepalive_exporter_samples_missed_total');
    const queued = (exposition: Exposition) => figure(exposition, 'webserver_accept_queue_length');
    let later = full;
    let scrapes = 0;
    await waitUntil({
      until: 'ten samples are missed',
      everyMs: 3000,
      async holds() {
        later = await read();
        scrapes++;
        return missed(later) - missed(full) >= 10;
      },
    });
    // These scrapes, and the sample before which the server had not yet fallen silent.
    expect(queued(later) - queued(full)).toBeLessThanOrEqual(scrapes + 1);
  });

  test('full with the lane: the page says so itself', async () => {
    const apache = keep(await startApache(options));
    const { untilSlots, read } = await watchApache(apache, lane);
    await waitUntil({
      until: 'the lane stands',
      holds: async () => (await read()).value('keepalive_exporter_lane_up') === 1,
    });
    keepOpen(await openKeepaliveClients({ port: apache.port, count: 12, answered: 7 }));
    const full = await untilSlots({ keepalive: 7 });
    expect(full.value('webserver_up')).toBe(1);
    expect(evidenceOf(full)).toContain('no_idle_slot');
  });

  test('full of clients that send half a header: reading slots are seen through the lane', async () => {
    const apache = keep(await startApache(options));
    const { untilSlots, read } = await watchApache(apache, lane);
    await waitUntil({
      until: 'the lane stands',
      holds: async () => (await read()).value('keepalive_exporter_lane_up') === 1,
    });
    keepOpen(await openHalfHeaderClients({ port: apache.port, count: 12 }));
    const full = await untilSlots({ reading: 7 });
    expect(full.value('webserver_up')).toBe(1);
  });
});

describe.concurrent('Apache event', () => {
  const options = { mpm: 'event', maxRequestWorkers: 8, threadsPerChild: 4 } as const;

  test('more idle connections than workers: no exhaustion, and the kernel counts them at once', async () => {
    const apache = keep(await startApache(options));
    const { until, read } = await watchApache(apache);
    await until(0);
    const clients = keepOpen(await openKeepaliveClients({ port: apache.port, count: 12 }));
    let idle = await read();
    await waitUntil({
      // A burst keeps all workers of a process busy for a moment, and it then closes idle connections.
      until: 'the kernel shows every client that is still connected',
      async holds() {
        idle = await read();
        const counted = idle.value('webserver_keepalive_connections', { source: 'kernel' });
        return counted === clients.open() && idle.value('webserver_up') === 1;
      },
    });
    expect(idle.value('webserver_exhausted')).toBe(0);
    expect(idle.value('webserver_keepalive_connections', { source: 'status' })).toBeLessThanOrEqual(
      12,
    );
  });

  test('every worker busy with a slow upstream: exhausted', async () => {
    const apache = keep(await startApache(options));
    const { until } = await watchApache(apache);
    await until(0);
    keepOpen(await openBusyClients({ port: apache.port, count: 12 }));
    const full = await until(1);
    expect(evidenceOf(full)).toContain('connected_but_unanswered');
  });
});

describe.concurrent('nginx', () => {
  const options = { workerProcesses: 1, workerConnections: 32 };

  const watchNginx = (nginx: RealNginx) =>
    watch(
      `{name: edge, server: nginx, status_url: "${nginx.statusUrl}", capacity: {config_file: "${nginx.configFile}"}, error_logs: [{path: "${nginx.errorLog}"}]}`,
    );

  test('idle clients beyond worker_connections are given up for visitors: no exhaustion', async () => {
    const nginx = keep(await startNginx(options));
    const { until, read } = await watchNginx(nginx);
    await until(0);
    for (let burst = 0; burst < 10; burst++) {
      keepOpen(await openKeepaliveClients({ port: nginx.port, count: 10 }));
    }
    const reclaimed = { event: 'keepalive_reclaimed' };
    let last = await read();
    await waitUntil({
      until: 'the error log has told of connections given up',
      async holds() {
        last = await read();
        return (last.value('webserver_error_log_events_total', reclaimed) ?? 0) > 0;
      },
    });
    expect(last.value('webserver_exhausted')).toBe(0);
  });

  test('half-header clients beyond worker_connections: exhausted, and the dropped are counted afterwards', async () => {
    const nginx = keep(await startNginx(options));
    const { until, read } = await watchNginx(nginx);
    await until(0);
    // nginx gives up connections that have not sent a byte yet, so one burst leaves a place: the next ones take it.
    const bursts: HeldClients[] = [];
    let full = await read();
    await waitUntil({
      until: 'the verdict is 1',
      async holds() {
        bursts.push(keepOpen(await openHalfHeaderClients({ port: nginx.port, count: 20 })));
        full = await read();
        return full.value('webserver_exhausted') === 1;
      },
    });
    expect(['empty_reply', 'reset']).toContain(resultOf(full));
    expect(evidenceOf(full)).toContain('dropped_connections');
    await waitUntil({
      until: 'the error log speaks too',
      holds: async () => evidenceOf(await read()).includes('error_log'),
    });
    for (const clients of bursts) await clients.close();
    const after = await until(0);
    expect(after.value('webserver_connections_dropped_total')).toBeGreaterThan(0);
  });
});

describe.concurrent('what is not exhaustion', () => {
  test('a graceful restart of a busy server is no exhaustion', async () => {
    const apache = keep(
      await startApache({ mpm: 'prefork', maxRequestWorkers: 8, serverLimit: 16 }),
    );
    const { until, read } = await watchApache(apache);
    await until(0);
    keepOpen(await openBusyClients({ port: apache.port, count: 3 }));
    await apache.graceful();
    let last = await read();
    await waitUntil({
      until: 'the new generation answers',
      async holds() {
        last = await read();
        return last.value('webserver_config_generation') === 2 && last.value('webserver_up') === 1;
      },
    });
    expect(last.value('webserver_exhausted')).toBe(0);
  });

  test('stopped: refused; started again: up', async () => {
    const apache = await startApache({ mpm: 'prefork', maxRequestWorkers: 4 });
    const { until, read } = await watchApache(apache);
    await until(0);
    await apache.stop();
    await waitUntil({
      until: 'the server is refused',
      holds: async () => resultOf(await read()) === 'refused',
    });
    expect((await read()).value('webserver_exhausted')).toBe(0);
  });

  test('frozen by SIGSTOP: unanswered, but nobody accepts, so it hangs', async () => {
    const apache = keep(await startApache({ mpm: 'prefork', maxRequestWorkers: 4 }));
    const { until, read } = await watchApache(apache);
    await until(0);
    apache.signal('SIGSTOP', 'all');
    atEnd(() => apache.signal('SIGCONT', 'all'));
    await waitUntil({
      until: 'the server does not answer',
      holds: async () => resultOf(await read()) === 'response_timeout',
    });
    expect((await read()).value('webserver_exhausted')).toBe(0);
    apache.signal('SIGCONT', 'all');
    await waitUntil({
      until: 'the server answers again',
      holds: async () => (await read()).value('webserver_up') === 1,
    });
  });
});
