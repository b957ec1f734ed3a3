import { buildDashboard } from './build-dashboard.ts';
import { fromRow, sameChoice, toItsServer } from './links.ts';
import { acceptQueuePanel } from './panels/common-panels.ts';
import { curves, figure } from './panels/short-forms.ts';
import { tablePanel } from './panels/table-panel.ts';
import { statusHistoryPanel, timelinePanel } from './panels/timeline-panel.ts';
import { fleetQueries } from './queries/fleet-queries.ts';
import { hostQueries } from './queries/host-queries.ts';
import { logQueries } from './queries/log-queries.ts';
import { selectTargets } from './queries/query.ts';
import { sampledQueries } from './queries/sampled-queries.ts';
import { statusQueries } from './queries/status-queries.ts';
import { meaning, thresholds, unit } from './theme.ts';

const select = selectTargets();
const status = statusQueries(select);
const fleet = fleetQueries(select);
const sampled = sampledQueries(select);
const logs = logQueries(select);
const host = hostQueries(select);

const yesNo = [
  { text: 'no', color: meaning.bad },
  { text: 'yes', color: meaning.good },
];
const fullWords = [
  { text: 'room', color: meaning.good },
  { text: 'FULL', color: meaning.bad },
];

/** Which server is in trouble? */
export const fleetDashboard = buildDashboard({
  name: 'fleet',
  title: 'Keep-alive / Fleet',
  question: 'Which server is in trouble?',
  from: 'now-3h',
  glance: [
    figure({
      title: 'Exhausted',
      query: status.fullNow,
      thresholds: thresholds.zero,
      shows: 'Servers without a slot for a new visitor.',
      bad: 'anything but 0. Follow the row of the table below.',
    }),
    figure({
      title: 'Not answering',
      query: status.notAnswering,
      thresholds: thresholds.zero,
      shows: 'Servers whose status page cannot be read.',
      bad: 'anything but 0: down, or so full that the page gets no worker.',
    }),
    figure({
      title: 'Firing alerts',
      query: fleet.firing,
      thresholds: thresholds.zero,
      shows: 'Alerts of these rules that fire now.',
      bad: 'anything but 0.',
    }),
    figure({
      title: 'Worst saturation',
      query: status.worstSaturation,
      unit: unit.ratio,
      thresholds: thresholds.saturation,
      shows: 'The highest worker saturation of all servers.',
      bad: 'over 95 %: the next burst waits.',
      links: [sameChoice('apache', 'Apache'), sameChoice('nginx', 'nginx')],
    }),
    figure({
      title: 'Requests',
      query: status.requestRate,
      unit: unit.requestsPerSecond,
      thresholds: thresholds.none,
      shows: 'Requests a second, all servers.',
      bad: 'a sudden fall while visitors are there.',
    }),
    figure({
      title: '408 and 499',
      query: logs.abortShare,
      unit: unit.ratio,
      thresholds: thresholds.abortShare,
      shows: 'Share of requests that timed out or whose client gave up.',
      bad: 'over 5 %.',
      links: [sameChoice('traffic', 'Traffic')],
    }),
    tablePanel({
      title: 'Servers',
      shows: 'One row for each server, the highest values of the chosen time.',
      bad: 'FULL, or saturation over 95 %. The name leads to the server.',
      unit: unit.text,
      thresholds: thresholds.none,
      noValue: 'no target is scraped',
      width: 24,
      height: 10,
      labels: { target: 'Target', server: 'Server', instance: 'Exporter' },
      sortBy: 'Saturation',
      rowLinks: fromRow,
      columns: [
        {
          name: 'Up',
          query: fleet.upColumn,
          unit: unit.text,
          thresholds: thresholds.yes,
          words: yesNo,
        },
        {
          name: 'Full',
          query: fleet.fullColumn,
          unit: unit.text,
          thresholds: thresholds.zero,
          words: fullWords,
        },
        {
          name: 'Saturation',
          query: fleet.saturationColumn,
          unit: unit.ratio,
          thresholds: thresholds.saturation,
        },
        {
          name: 'Keep-alive',
          query: fleet.keepaliveColumn,
          unit: unit.ratio,
          thresholds: thresholds.keepaliveOccupancy,
        },
        {
          name: 'Connections',
          query: fleet.connectionColumn,
          unit: unit.ratio,
          thresholds: thresholds.connectionOccupancy,
        },
        {
          name: 'Requests/s',
          query: fleet.requestColumn,
          unit: unit.requestsPerSecond,
          thresholds: thresholds.none,
        },
        {
          name: '5xx',
          query: fleet.errorColumn,
          unit: unit.ratio,
          thresholds: thresholds.errorShare,
        },
      ],
    }),
    timelinePanel({
      title: 'Exhausted',
      shows: 'When each server had no slot for a new visitor.',
      bad: 'every coloured stretch.',
      unit: unit.text,
      thresholds: thresholds.zero,
      noValue: 'no verdict yet',
      queries: [status.exhausted],
      width: 12,
      words: fullWords,
      links: [toItsServer],
    }),
    statusHistoryPanel({
      title: 'Saturation',
      shows: 'Worker saturation of each server over time.',
      bad: 'red cells; a whole column red is a common cause.',
      unit: unit.ratio,
      thresholds: thresholds.saturation,
      noValue: 'no limit is known',
      queries: [status.saturation],
      width: 12,
      links: [toItsServer],
    }),
  ],
  details: [
    {
      title: 'Between scrapes',
      panels: [
        curves({
          title: 'Share of time over 95 % saturated',
          queries: [sampled.fullTime],
          unit: unit.ratio,
          thresholds: thresholds.fullTime,
          shows: 'Of the samples taken each second.',
          bad: 'over 1 %: short queues that scrapes do not see.',
          max: 1,
          links: [toItsServer],
        }),
        curves({
          title: 'Keep-alive slot occupancy',
          queries: [status.keepalive],
          unit: unit.ratio,
          thresholds: thresholds.keepaliveOccupancy,
          shows: 'Share of slots held by idle clients.',
          bad: 'over 50 % under prefork or worker.',
          max: 1,
          links: [toItsServer],
        }),
      ],
    },
    {
      title: 'Kernel',
      panels: [
        acceptQueuePanel(host.acceptQueueLength),
        curves({
          title: 'Dropped by the kernel',
          queries: [host.listenOverflows, host.listenDrops],
          unit: unit.eventsPerSecond,
          thresholds: thresholds.none,
          shows: 'Connections dropped because an accept queue was full.',
          bad: 'anything but 0.',
        }),
      ],
    },
  ],
});
