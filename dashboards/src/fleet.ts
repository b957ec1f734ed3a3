import { buildDashboard } from './build-dashboard.ts';
import { sameChoice, toItsServer } from './links.ts';
import {
  firingFigure,
  fullFigure,
  gaveUpFigure,
  saturationFigure,
  unansweredFigure,
} from './panels/common-figures.ts';
import { acceptQueuePanel } from './panels/common-panels.ts';
import { serversTable } from './panels/servers-table.ts';
import { curves, figure } from './panels/short-forms.ts';
import { statusHistoryPanel, timelinePanel } from './panels/timeline-panel.ts';
import { fleetQueries } from './queries/fleet-queries.ts';
import { hostQueries } from './queries/host-queries.ts';
import { logQueries } from './queries/log-queries.ts';
import { selectTargets } from './queries/query.ts';
import { sampledQueries } from './queries/sampled-queries.ts';
import { statusQueries } from './queries/status-queries.ts';
import { meaning, targetStates, thresholds, unit } from './theme.ts';

const select = selectTargets();
const status = statusQueries(select);
const fleet = fleetQueries(select);
const sampled = sampledQueries(select);
const logs = logQueries(select);
const host = hostQueries(select);

/** Which server is in trouble? */
export const fleetDashboard = buildDashboard({
  name: 'fleet',
  title: 'Keep-alive / Fleet',
  question: 'Which server is in trouble?',
  from: 'now-3h',
  glance: [
    fullFigure(status.fullByName),
    unansweredFigure(status.unanswered),
    figure({
      title: 'Unreadable',
      query: status.unreadableByName,
      thresholds: thresholds.none,
      shown: 'value and name',
      words: [
        { text: 'readable', color: meaning.neutral },
        { text: 'FAILS', color: meaning.bad },
      ],
      shows: 'Servers whose status page cannot be read; at most four names.',
      bad: 'any name: the server is down, or so full that the page gets no worker.',
    }),
    firingFigure(fleet.firing),
    saturationFigure(status.worstSaturation, {
      shows: 'The highest worker saturation of all servers.',
      bad: 'over 95 %: visitors of the next burst will wait. Open the server to see what holds its slots.',
      links: [sameChoice('apache', 'Apache'), sameChoice('nginx', 'nginx')],
    }),
    gaveUpFigure(logs.worstAbortShare, {
      bad: 'over 5 %. Open Traffic to see whether clients or the upstream are slow.',
      links: [sameChoice('traffic', 'Traffic')],
    }),
    serversTable(select, 10),
    timelinePanel({
      title: 'State of the worst twelve',
      shows: 'When servers were full, did not answer or were unreadable.',
      bad: 'red. Grey means that the exporter was not scraped.',
      unit: unit.text,
      thresholds: thresholds.none,
      noValue: 'no target is scraped',
      queries: [status.state],
      width: 12,
      words: targetStates,
      links: [toItsServer],
    }),
    statusHistoryPanel({
      title: 'Saturation of the worst twelve',
      shows: 'Worker saturation over time. A full server counts as 100 %.',
      bad: 'red cells. A whole red column has a common cause: look for a change at that time.',
      unit: unit.ratio,
      thresholds: thresholds.saturation,
      noValue: 'no limit is known',
      queries: [status.highestSaturation],
      width: 12,
      links: [toItsServer],
    }),
  ],
  details: [
    {
      title: 'Between scrapes',
      panels: [
        curves({
          title: 'Share of time above 95 % saturation',
          queries: [sampled.fullTime],
          unit: unit.ratio,
          thresholds: thresholds.fullTime,
          shows: 'Share of the samples, one each second, with more than 95 % saturation.',
          bad: 'over 1 %: short queues that scrapes do not show. Look for bursts.',
          max: 1,
          links: [toItsServer],
        }),
        curves({
          title: 'Keep-alive slot occupancy',
          queries: [status.keepalive],
          unit: unit.ratio,
          thresholds: thresholds.keepaliveOccupancy,
          shows: 'Share of slots held by idle clients.',
          bad: 'over 50 % under prefork or worker. Shorten KeepAliveTimeout.',
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
          shows: 'Connections per second that the kernel dropped because an accept queue was full.',
          bad: 'anything but 0. Find the socket with ss -ltn.',
        }),
      ],
    },
  ],
});
