import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseExposition } from '../support/exposition.ts';
import {
  openBusyClients,
  openHalfHeaderClients,
  openKeepaliveClients,
  openSilentClients,
} from '../support/held-clients.ts';
import { httpGet } from '../support/http-get.ts';
import { startApachePeer, startNginxPeer } from '../support/peers.ts';
import { listProcessGroup } from '../support/process-group.ts';
import { promtool } from '../support/promtool.ts';
import { type RealApache, startApache } from '../support/real-apache.ts';
import { type RealNginx, startNginx } from '../support/real-nginx.ts';
import { startPrometheus } from '../support/real-prometheus.ts';
import { waitUntil } from '../support/wait-until.ts';

const MPMS = ['prefork', 'worker', 'event'] as const;

function stopLater<T extends { stop(): Promise<void> }>(started: T): T {
  onTestFinished(() => started.stop());
  return started;
}

function closeLater<T extends { close(): Promise<void> }>(held: T): T {
  onTestFinished(() => held.close());
  return held;
}

function waitForInFlight(server: RealApache | RealNginx, count: number): Promise<void> {
  return waitUntil({
    until: `${count} requests have reached the slow upstream`,
    holds: () => server.slowUpstream.inFlight() === count,
  });
}

async function readScoreboard(statusUrl: string): Promise<string> {
  const { body } = await httpGet(statusUrl);
  return /^Scoreboard: (.*)$/m.exec(body)?.[1] ?? '';
}

async function waitForScoreboard(statusUrl: string, states: Record<string, number>): Promise<void> {
  let last = '';
  await waitUntil({
    until: `the scoreboard shows ${JSON.stringify(states)}`,
    holds: async () => {
      last = await readScoreboard(statusUrl);
      return Object.entries(states).every(
        ([state, count]) => last.split(state).length - 1 === count,
      );
    },
  }).catch((error: unknown) => {
    throw new Error(`The last scoreboard was ${last}`, { cause: error });
  });
}

describe('startApache()', () => {
  it.each(MPMS)('startApache() serves with %s and leaves nothing behind', async (mpm) => {
    const apache = stopLater(await startApache({ mpm, maxRequestWorkers: 8, threadsPerChild: 4 }));
    const status = await httpGet(apache.statusUrl);
    expect(status.body).toContain(`ServerMPM: ${mpm}\n`);
    expect(await readScoreboard(apache.statusUrl)).toHaveLength(8);
    expect((await httpGet(`${apache.url}/`)).status).toBe(200);
    expect(listProcessGroup(apache.pid).length).toBeGreaterThan(1);
    expect(readFileSync(apache.pidFile, 'utf8').trim()).toBe(String(apache.pid));
    await apache.stop();
    expect(listProcessGroup(apache.pid)).toEqual([]);
    expect(existsSync(apache.directory)).toBe(false);
    await expect(httpGet(apache.statusUrl)).rejects.toThrow('ECONNREFUSED');
  });

  it.each(['prefork', 'worker'] as const)(
    'startApache() shows a K for each held client with %s',
    async (mpm) => {
      const apache = stopLater(await startApache({ mpm, maxRequestWorkers: 8 }));
      await waitForScoreboard(apache.statusUrl, { K: 0, W: 1, _: 7 });
      closeLater(await openKeepaliveClients({ port: apache.port, count: 5 }));
      await waitForScoreboard(apache.statusUrl, { K: 5, W: 1, _: 2 });
    },
  );

  it('startApache() holds no worker for an idle client with event', async () => {
    const apache = stopLater(await startApache({ mpm: 'event', maxRequestWorkers: 8 }));
    const held = closeLater(await openKeepaliveClients({ port: apache.port, count: 5 }));
    await waitForScoreboard(apache.statusUrl, { K: 0, W: 1, _: 7 });
    expect(held.open()).toBe(5);
  });

  it.each(MPMS)(
    'startApache() shows half headers as R and slow requests as W with %s',
    async (mpm) => {
      const apache = stopLater(await startApache({ mpm, maxRequestWorkers: 8 }));
      closeLater(await openBusyClients({ port: apache.port, count: 2 }));
      closeLater(await openHalfHeaderClients({ port: apache.port, count: 3 }));
      await waitForScoreboard(apache.statusUrl, { R: 3, W: 3, _: 2 });
      await waitForInFlight(apache, 2);
    },
  );

  it.each(MPMS)('startApache() serves on after graceful() and restart() with %s', async (mpm) => {
    const apache = stopLater(await startApache({ mpm, maxRequestWorkers: 4 }));
    const readGeneration = async () =>
      /^ParentServerMPMGeneration: (\d+)$/m.exec((await httpGet(apache.statusUrl)).body)?.[1];
    // Children of the generation before may answer for an instant longer.
    const untilGeneration = (wanted: string) =>
      waitUntil({
        until: `generation ${wanted} answers`,
        holds: async () => (await readGeneration()) === wanted,
      });
    await untilGeneration('0');
    await apache.graceful();
    await untilGeneration('1');
    await apache.restart();
    await untilGeneration('2');
  });

  it('startApache() can be stopped while it is full and while it is frozen', async () => {
    const apache = stopLater(await startApache({ mpm: 'prefork', maxRequestWorkers: 4 }));
    const held = await openKeepaliveClients({ port: apache.port, count: 6, answered: 4 });
    closeLater(held);
    expect(held.answered()).toBe(4);
    await expect(httpGet(apache.statusUrl, { timeoutMs: 500 })).rejects.toThrow('aborted');
    apache.signal('SIGSTOP', 'all');
    await apache.stop();
    expect(listProcessGroup(apache.pid)).toEqual([]);
  });

  it('startApache() says why Apache does not start', async () => {
    const broken = startApache({
      mpm: 'event',
      maxRequestWorkers: 4,
      extraConfig: 'NoSuchThing On',
    });
    await expect(broken).rejects.toThrow("Invalid command 'NoSuchThing'");
  });
});

describe('startNginx()', () => {
  it('startNginx() serves on its port and on its socket, and leaves nothing behind', async () => {
    const options = { workerProcesses: 2, workerConnections: 64, unixSocket: 'on' } as const;
    const nginx = stopLater(await startNginx(options));
    expect((await httpGet(nginx.statusUrl)).body).toMatch(/^Active connections: \d+ /);
    expect(nginx.unixStatusUrl).toBe(`unix:${nginx.directory}/nginx.sock:/stub_status`);
    expect(existsSync(`${nginx.directory}/nginx.sock`)).toBe(true);
    await waitUntil({
      until: 'the master and its workers are there',
      holds: () => listProcessGroup(nginx.pid).length === 3,
    });
    await nginx.reload();
    expect((await httpGet(`${nginx.url}/`)).status).toBe(200);
    await nginx.stop();
    expect(listProcessGroup(nginx.pid)).toEqual([]);
    expect(existsSync(nginx.directory)).toBe(false);
  });

  it('startNginx() counts each kind of held client where nginx counts it', async () => {
    const nginx = stopLater(await startNginx({ workerProcesses: 1, workerConnections: 64 }));
    const { port } = nginx;
    closeLater(await openKeepaliveClients({ port, count: 5 }));
    closeLater(await openHalfHeaderClients({ port, count: 4 }));
    closeLater(await openBusyClients({ port, count: 3 }));
    closeLater(await openSilentClients({ port, count: 2 }));
    // A connection that has sent nothing yet counts as waiting, and the status request itself as writing.
    await waitUntil({
      until: 'stub_status counts them all',
      holds: async () =>
        (await httpGet(nginx.statusUrl)).body.includes('Reading: 4 Writing: 4 Waiting: 7'),
    });
    await waitForInFlight(nginx, 3);
  });

  it('startNginx() says why nginx does not start', async () => {
    const options = { workerProcesses: 1, workerConnections: 64, extraHttp: 'no_such_thing on;' };
    await expect(startNginx(options)).rejects.toThrow('unknown directive "no_such_thing"');
  });
});

describe('the peers and Prometheus', () => {
  it('startPrometheus() scrapes both peers, whose pages parseExposition() takes', async () => {
    const apache = stopLater(await startApache({ mpm: 'event', maxRequestWorkers: 8 }));
    const nginx = stopLater(await startNginx({ workerProcesses: 1, workerConnections: 64 }));
    const apachePeer = stopLater(await startApachePeer(apache));
    const nginxPeer = stopLater(await startNginxPeer(nginx));
    const apachePage = parseExposition((await httpGet(apachePeer.metricsUrl)).body);
    expect(apachePage.value('apache_up')).toBe(1);
    const nginxPage = parseExposition((await httpGet(nginxPeer.metricsUrl)).body);
    expect(nginxPage.value('nginx_up')).toBe(1);
    const scrapeTargets = [
      { job: 'apache', url: apachePeer.metricsUrl },
      { job: 'nginx', url: nginxPeer.metricsUrl },
    ];
    const prometheus = stopLater(await startPrometheus({ scrapeTargets }));
    await waitUntil({
      until: 'Prometheus has scraped both',
      holds: async () => (await prometheus.query('sum(up)'))[0]?.value === 2,
    });
    const idle = 'last_over_time(apache_scoreboard{state="idle"}[10m])';
    expect(await prometheus.query(idle)).toHaveLength(1);
    await expect(prometheus.query('up{')).rejects.toThrow('parse error');
  });

  it('promtool() gives what promtool says about its input', () => {
    const named = '# HELP slots Slots.\n# TYPE slots gauge\nslots 1\n';
    expect(promtool(['check', 'metrics'], named)).toEqual({ exitCode: 0, output: '' });
    expect(promtool(['check', 'metrics'], 'slots 1\n').output).toContain('no help text');
  });
});
