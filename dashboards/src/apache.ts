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
import {
  fullestTargets,
  fullestWithConnections,
  slotsByState,
  statusQueries,
} from './queries/status-queries.ts';
import { meaning, thresholds, unit } from './theme.ts';

const select = selectTargets('apache');
const shown = selectTargets('apache', 'shown');
const shownEvent = selectTargets('apache', 'shown_event');
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
  shownEvent: fullestWithConnections(select),
  glance: [
    fullFigure(status.fullByName),
    saturationFigure(status.worstSaturation, {
      shows: 'Share of workers that are neither idle nor open, on the worst server.',
      bad: 'over 95 %. See which state holds the slots.',
    }),
    idleClientsFigure(status.worstKeepalive, {
      shows: 'Share of slots held by idle clients, on the worst server.',
      bad: 'over 50 % under prefork or worker. Shorten KeepAliveTimeout.',
    }),
    figure({
      title: 'Free slots',
      query: status.fewestFreeSlots,
      thresholds: thresholds.headroom,
      shown: 'value and name',
      shows: 'Slots that are idle or not yet started, on the server with the fewest.',
      bad: 'under 2. See which state holds the slots.',
    }),
    figure({
      title: 'Time full',
      query: sampled.worstFullTime,
      unit: unit.ratio,
      thresholds: thresholds.fullTime,
      shown: 'value and name',
      shows: 'Share of the samples with saturation over 95 %, on the worst server.',
      bad: 'over 1 %. See which state holds the slots in these moments.',
    }),
    queueFigure(host.waiting, {
      shows: 'Connections that the server has not accepted, on the server with the most.',
      bad: 'anything that stays: visitors wait. Free the slots.',
    }),
    serversTable(select, 7),
    evidencePanel(status.evidence),
    fetchResultPanel(status.fetchResult, 'anything but ok. docs/errors.md explains each result.'),
    slotsPanel(slotsByState(shown, 'worker'), 'Workers'),
  ],
  details: [
    {
      title: 'Connections, as the kernel sees them',
      panels: [connectionsPanel(connectionsByActivity(shown))],
    },
    {
      title: 'Connections of event MPMs (not of prefork and worker)',
      panels: [
        slotsPanel(slotsByState(shownEvent, 'connection'), 'Connection slots', 'shown_event'),
        curves({
          title: 'Keep-alive connections by source (event)',
          queries: [host.keepaliveBySource],
          unit: unit.count,
          thresholds: thresholds.none,
          shows:
            'The figure of the server is late by up to KeepAliveTimeout; that of the kernel is not.',
          bad: 'a rise towards the limit. Shorten KeepAliveTimeout.',
        }),
      ],
    },
    {
      title: 'Possible causes',
      panels: [
        slotsSourcePanel(statusQueries(shown).slotsSource),
        curves({
          title: 'Duration of polls',
          queries: [status.fetchSeconds],
          unit: unit.seconds,
          thresholds: thresholds.statusFetch,
          shows: 'Time to read the status page, which has about one kilobyte.',
          bad: 'a rise: requests wait for a worker. Check saturation.',
        }),
        curves({
          title: 'Slots in state reading',
          queries: [status.readingByTarget],
          unit: unit.count,
          thresholds: thresholds.none,
          shows: 'Slots that are reading a request, by server.',
          bad: 'many for long: slow clients. Limit them with RequestReadTimeout.',
        }),
        curves({
          title: 'Clients that hold slots',
          queries: [host.topClient, host.clients, host.topConnectionClient],
          unit: unit.count,
          thresholds: thresholds.none,
          shows:
            'Number of clients, and slots of the largest one: from the slot table (slot_table) and from the sockets of the kernel.',
          bad: 'one client with many slots. Limit or block its address.',
        }),
        curves({
          title: 'Idle time of keep-alive connections',
          queries: [host.oldestKeepalive, host.oldestIdle, host.idleAge],
          unit: unit.seconds,
          thresholds: thresholds.oldestKeepalive,
          shows: 'How long keep-alive connections have been idle: the longest, and the median.',
          bad: 'near KeepAliveTimeout: most clients send no further request. Shorten the timeout.',
        }),
      ],
    },
    {
      title: 'Between scrapes and in the queue',
      panels: [
        curves({
          title: 'Share of time above 80, 90 and 95 % saturation',
          queries: [sampled.above80, sampled.above90, sampled.above95],
          unit: unit.ratio,
          thresholds: thresholds.none,
          colors: {
            'above 80 %': meaning.neutral,
            'above 90 %': meaning.warning,
            'above 95 %': meaning.bad,
          },
          shows: 'Share of the samples, one each second, with more than that saturation.',
          bad: 'the three lines near each other: whenever the server is busy, it is full. See which state holds the slots.',
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
          shows: 'Requests per second.',
          bad: 'a fall while slots are full: requests take longer. Look for a slow upstream.',
          links: [drillDown('traffic', 'Traffic')],
        }),
        curves({
          title: 'Time to handle a request',
          queries: [status.handlingSeconds],
          unit: unit.seconds,
          thresholds: thresholds.none,
          shows: 'Mean time to handle a request, without the wait for a worker.',
          bad: 'a rise: the application or an upstream is slow.',
        }),
        curves({
          title: 'Memory',
          queries: [host.residentMemory, host.idleMemory],
          unit: unit.bytes,
          thresholds: thresholds.none,
          shows:
            'Memory of the processes of the server, and the part that idle keep-alive clients occupy.',
          bad: 'most of it idle: shorten KeepAliveTimeout.',
        }),
        curves({
          title: 'Open files',
          queries: [host.openFiles],
          unit: unit.ratio,
          thresholds: thresholds.fileShare,
          shows:
            'Share of the limit of open files that is in use, of the process with the least room.',
          bad: 'over 90 %. Raise the limit, or look for a leak.',
          max: 1,
        }),
      ],
    },
  ],
});
