import { buildDashboard } from './build-dashboard.ts';
import { drillDown } from './links.ts';
import {
  fullFigure,
  idleClientsFigure,
  queueFigure,
  saturationFigure,
} from './panels/common-figures.ts';
import {
  acceptQueuePanel,
  connectionsPanel,
  evidencePanel,
  fetchResultPanel,
  slotsPanel,
  slotsSourcePanel,
} from './panels/common-panels.ts';
import { serversTable } from './panels/servers-table.ts';
import { curves, figure } from './panels/short-forms.ts';
import { connectionsByActivity, hostQueries } from './queries/host-queries.ts';
import { selectTargets } from './queries/query.ts';
import { sampledQueries } from './queries/sampled-queries.ts';
import { fullestTargets, slotsByState, statusQueries } from './queries/status-queries.ts';
import { meaning, thresholds, unit } from './theme.ts';

const select = selectTargets('apache');
const shown = selectTargets('apache', 'shown');
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
  shown: fullestTargets(select),
  glance: [
    fullFigure(status.fullByName),
    saturationFigure(status.worstSaturation, {
      shows: 'Workers that are neither idle nor open, of all; the worst server.',
      bad: 'over 95 %.',
    }),
    idleClientsFigure(status.worstKeepalive, {
      shows: 'Slots held by idle clients; the worst server.',
      bad: 'over 50 % under prefork or worker: lower KeepAliveTimeout.',
    }),
    figure({
      title: 'Free slots',
      query: status.leastRoom,
      thresholds: thresholds.headroom,
      shows: 'Idle or not yet started; of the server with the fewest.',
      bad: 'under 2.',
    }),
    figure({
      title: 'Time full',
      query: sampled.worstFullTime,
      unit: unit.ratio,
      thresholds: thresholds.fullTime,
      shows: 'Share of the sampled seconds with saturation over 95 %.',
      bad: 'over 1 %.',
    }),
    queueFigure(host.waiting, {
      shows: 'Connections nobody has accepted, at the server with the most.',
      bad: 'anything that stays: visitors wait.',
    }),
    serversTable(select, 7),
    evidencePanel(status.evidence),
    fetchResultPanel(status.fetchResult, 'anything but ok: docs/errors.md.'),
    slotsPanel(slotsByState(shown, 'worker'), 'Workers'),
  ],
  details: [
    {
      title: 'Connections, as the kernel sees them',
      panels: [connectionsPanel(connectionsByActivity(shown))],
    },
    {
      title: 'Connections of event MPMs (empty for prefork and worker)',
      panels: [
        slotsPanel(slotsByState(shown, 'connection'), 'Connection slots'),
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
      title: 'Why',
      panels: [
        slotsSourcePanel(statusQueries(shown).slotsSource),
        curves({
          title: 'Time to read the status page',
          queries: [status.fetchSeconds],
          unit: unit.seconds,
          thresholds: thresholds.statusFetch,
          shows: 'A kilobyte, locally.',
          bad: 'a rise: requests wait for a worker.',
        }),
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
          queries: [host.topClient, host.clients, host.topConnectionClient],
          unit: unit.count,
          thresholds: thresholds.none,
          shows: 'From the slot table (slot_table), and from the kernel’s sockets.',
          bad: 'one client with many slots.',
        }),
        curves({
          title: 'How long idle clients have been idle',
          queries: [host.oldestKeepalive, host.oldestIdle, host.idleAge],
          unit: unit.seconds,
          thresholds: thresholds.oldestKeepalive,
          shows: 'How long it has been idle.',
          bad: 'near KeepAliveTimeout: clients do not come back.',
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
          colors: {
            'above 80 %': meaning.neutral,
            'above 90 %': meaning.warning,
            'above 95 %': meaning.bad,
          },
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
