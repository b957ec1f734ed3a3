import { buildDashboard } from './build-dashboard.ts';
import { drillDown } from './links.ts';
import { acceptQueuePanel, evidencePanel, fetchResultPanel } from './panels/common-panels.ts';
import { curves, figure } from './panels/short-forms.ts';
import { hostQueries } from './queries/host-queries.ts';
import { selectTargets } from './queries/query.ts';
import { sampledQueries } from './queries/sampled-queries.ts';
import { statusQueries } from './queries/status-queries.ts';
import { slotColors, thresholds, unit } from './theme.ts';

const select = selectTargets('apache');
const status = statusQueries(select);
const sampled = sampledQueries(select);
const host = hostQueries(select);

/** Are workers or slots running out? */
export const apacheDashboard = buildDashboard({
  name: 'apache',
  title: 'Keep-alive / Apache workers and slots',
  question: 'Are workers or slots running out, and what holds them?',
  server: 'apache',
  from: 'now-3h',
  glance: [
    figure({
      title: 'Exhausted',
      query: status.fullNow,
      thresholds: thresholds.zero,
      shows: 'Servers without a worker for a new visitor.',
      bad: 'anything but 0.',
    }),
    figure({
      title: 'Worker saturation',
      query: status.worstSaturation,
      unit: unit.ratio,
      thresholds: thresholds.saturation,
      shows: 'Workers that are neither idle nor open, of all; the worst server.',
      bad: 'over 95 %.',
    }),
    figure({
      title: 'Keep-alive occupancy',
      query: status.worstKeepalive,
      unit: unit.ratio,
      thresholds: thresholds.keepaliveOccupancy,
      shows: 'Slots held by idle clients; the worst server.',
      bad: 'over 50 % under prefork or worker: lower KeepAliveTimeout.',
    }),
    figure({
      title: 'Workers with room',
      query: status.workersWithRoom,
      thresholds: thresholds.headroom,
      shows: 'Workers that are idle or can be started.',
      bad: 'under 2.',
    }),
    figure({
      title: 'Time over 95 %',
      query: sampled.worstFullTime,
      unit: unit.ratio,
      thresholds: thresholds.fullTime,
      shows: 'Share of the sampled seconds with saturation over 95 %.',
      bad: 'over 1 %.',
    }),
    figure({
      title: 'Status page',
      query: status.worstFetchSeconds,
      unit: unit.seconds,
      thresholds: thresholds.statusFetch,
      shows: 'Time the slowest status page took.',
      bad: 'a rise: requests wait for a worker.',
    }),
    curves({
      title: 'Workers by state',
      queries: [status.workersByState, status.workerLimit],
      unit: unit.count,
      thresholds: thresholds.none,
      shows: 'The scoreboard, stacked up to the limit.',
      bad: 'orange (keep-alive) under prefork and worker; no green or white on top.',
      colors: slotColors,
      drawn: 'stacked',
      height: 10,
    }),
    curves({
      title: 'Connections by state (event)',
      queries: [status.connectionsByState, status.connectionLimit],
      unit: unit.count,
      thresholds: thresholds.none,
      shows: 'Connections of the event MPM, stacked up to the computed limit.',
      bad: 'the limit comes down to the stack.',
      colors: slotColors,
      drawn: 'stacked',
      height: 10,
    }),
  ],
  details: [
    {
      title: 'Why',
      panels: [
        evidencePanel(status.evidence),
        fetchResultPanel(status.fetchResult, 'anything but ok: docs/errors.md.'),
        curves({
          title: 'Slots that read a request',
          queries: [status.readingByTarget],
          unit: unit.count,
          thresholds: thresholds.none,
          shows: 'Slots in state reading.',
          bad: 'many for long: slow clients.',
        }),
        curves({
          title: 'Clients that hold slots',
          queries: [host.topClient, host.clients],
          unit: unit.count,
          thresholds: thresholds.none,
          shows: 'From the slot table (slot_table).',
          bad: 'one client with many slots.',
        }),
        curves({
          title: 'Oldest idle keep-alive client',
          queries: [host.oldestKeepalive],
          unit: unit.seconds,
          thresholds: thresholds.oldestKeepalive,
          shows: 'How long it has been idle.',
          bad: 'near KeepAliveTimeout: clients do not come back.',
        }),
        curves({
          title: 'Keep-alive connections by source (event)',
          queries: [host.keepaliveBySource],
          unit: unit.count,
          thresholds: thresholds.none,
          shows: 'The server’s own figure lags by up to KeepAliveTimeout, the kernel’s does not.',
          bad: 'a rise towards the limit.',
        }),
      ],
    },
    {
      title: 'Between scrapes and in the queue',
      panels: [
        curves({
          title: 'Share of time over 80, 90 and 95 %',
          queries: [sampled.above80, sampled.above90, sampled.above95],
          unit: unit.ratio,
          thresholds: thresholds.none,
          shows: 'Of the samples taken each second.',
          bad: 'the lines close together: full for good.',
          max: 1,
        }),
        acceptQueuePanel(host.acceptQueueLength),
      ],
    },
    {
      title: 'Work and memory',
      panels: [
        curves({
          title: 'Requests',
          queries: [status.requestRateByTarget],
          unit: unit.requestsPerSecond,
          thresholds: thresholds.none,
          shows: 'Requests a second.',
          bad: 'a fall while slots are full.',
          links: [drillDown('traffic', 'Traffic')],
        }),
        curves({
          title: 'Time a request is worked on',
          queries: [status.handlingSeconds],
          unit: unit.seconds,
          thresholds: thresholds.none,
          shows: 'Mean, waiting for a worker not included.',
          bad: 'a rise: the application or an upstream is slow.',
        }),
        curves({
          title: 'Memory',
          queries: [host.residentMemory, host.idleMemory],
          unit: unit.bytes,
          thresholds: thresholds.none,
          shows: 'Of the server’s processes, and what idle keep-alive clients pin of it.',
          bad: 'most of it waiting.',
        }),
        curves({
          title: 'Open files',
          queries: [host.openFiles],
          unit: unit.ratio,
          thresholds: thresholds.fileShare,
          shows: 'Share of the limit, of the process with the least room.',
          bad: 'over 90 %.',
          max: 1,
        }),
      ],
    },
  ],
});
