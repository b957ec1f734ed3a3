import { buildDashboard } from './build-dashboard.ts';
import { drillDown, toItsServer } from './links.ts';
import { alertsTable } from './panels/alerts-table.ts';
import {
  firingFigure,
  idleClientsFigure,
  queueFigure,
  saturationFigure,
} from './panels/common-figures.ts';
import {
  connectionsPanel,
  evidencePanel,
  fetchResultPanel,
  slotsPanel,
  slotsSourcePanel,
} from './panels/common-panels.ts';
import { curves, figure } from './panels/short-forms.ts';
import { timelinePanel } from './panels/timeline-panel.ts';
import { fleetQueries } from './queries/fleet-queries.ts';
import { connectionsByActivity, hostQueries } from './queries/host-queries.ts';
import { logQueries } from './queries/log-queries.ts';
import { selectTargets } from './queries/query.ts';
import { fullestTargets, slotsByState, statusQueries } from './queries/status-queries.ts';
import { abortColors, meaning, quantileColors, targetStates, thresholds, unit } from './theme.ts';

const select = selectTargets();
const shown = selectTargets(undefined, 'shown');
const status = statusQueries(select);
const fleet = fleetQueries(select);
const host = hostQueries(select);
const logs = logQueries(select);

/** For the person who was paged: one target, all that is known of it. */
export const serviceDashboard = buildDashboard({
  name: 'service',
  title: 'Keep-alive / Service',
  question: 'I was paged for this target: what is wrong, since when, and what do visitors feel?',
  from: 'now-1h',
  shown: fullestTargets(select),
  glance: [
    figure({
      title: 'State',
      query: status.worstState,
      thresholds: thresholds.none,
      shown: 'value and name',
      words: targetStates,
      shows: 'Of the chosen target; of several, the one that is worst.',
      bad: 'anything but room.',
    }),
    saturationFigure(status.worstSaturation, {
      shows: 'Slots that take no new visitor; full counts as 100 %.',
      bad: 'over 95 %.',
    }),
    idleClientsFigure(status.worstKeepalive, {
      shows: 'Share of slots with a client that says nothing.',
      bad: 'over 50 %: lower the keep-alive timeout. Low while full: requests are slow.',
    }),
    queueFigure(host.waiting, {
      shows: 'Connections nobody has accepted.',
      bad: 'anything that stays.',
    }),
    figure({
      title: 'Failed (5xx)',
      query: logs.serverErrorShare,
      unit: unit.ratio,
      thresholds: thresholds.errorShare,
      noValue: 'no traffic or no log',
      shows: 'Share of the responses logged.',
      bad: 'over 1 %. Visitors in the queue are in no log.',
    }),
    firingFigure(fleet.firingNow),
    alertsTable({ query: fleet.alertRows, width: 12 }),
    timelinePanel({
      title: 'State over time',
      shows: 'Since when.',
      bad: 'red.',
      unit: unit.text,
      thresholds: thresholds.none,
      noValue: 'no target is scraped',
      queries: [status.state],
      width: 12,
      words: targetStates,
      links: [toItsServer],
    }),
    evidencePanel(status.evidence),
    fetchResultPanel(status.fetchResult, 'anything but ok: docs/errors.md.'),
    curves({
      title: 'Latency by the log',
      queries: [logs.p50, logs.p95, logs.p99],
      unit: unit.seconds,
      thresholds: thresholds.none,
      noValue: 'no traffic, or the log format has no duration',
      shows: 'Waiting for a worker is not part of it.',
      bad: 'P99 away from P50: some visitors wait.',
      colors: { P50: quantileColors.p50, P95: quantileColors.p95, P99: quantileColors.p99 },
      links: [drillDown('traffic', 'Traffic')],
    }),
    curves({
      title: 'Errors by the log',
      queries: [logs.serverErrorShare, logs.timeoutShare, logs.gaveUpShare],
      unit: unit.ratio,
      thresholds: thresholds.none,
      noValue: 'no traffic or no log',
      shows: 'Shares of the responses.',
      bad: '408: slow clients. 499: they gave up. 5xx: the application.',
      colors: { '5xx': meaning.bad, ...abortColors },
    }),
    slotsPanel(slotsByState(shown, 'worker'), 'Workers'),
    connectionsPanel(connectionsByActivity(shown)),
  ],
  details: [
    {
      title: 'Can these figures be trusted?',
      panels: [
        slotsSourcePanel(statusQueries(shown).slotsSource),
        curves({
          title: 'Age of the kernel figures',
          queries: [host.kernelAge],
          unit: unit.seconds,
          thresholds: thresholds.none,
          noValue: 'the exporter does not see the server’s sockets',
          shows: 'Seconds since the sockets were read.',
          bad: 'more than a scrape interval.',
        }),
        curves({
          title: 'Error log events',
          queries: [host.errorEvents],
          unit: unit.eventsPerSecond,
          thresholds: thresholds.none,
          noValue: 'no error log is read',
          shows: 'Reports of the server about its own limits.',
          bad: 'any.',
        }),
        curves({
          title: 'Round-trip time of visitors',
          queries: [host.roundTrip],
          unit: unit.seconds,
          thresholds: thresholds.none,
          noValue: 'the exporter does not see the server’s sockets',
          shows: 'What one saved handshake is worth.',
          bad: 'high, and few requests per connection.',
        }),
      ],
    },
  ],
});
