import { buildDashboard } from './build-dashboard.ts';
import { drillDown, toItsServer } from './links.ts';
import { alertsTable } from './panels/alerts-table.ts';
import {
  failedFigure,
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

/** For the person who was paged: all that is known of one target. */
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
      shows: 'State of the chosen target; of several targets, the worst one.',
      bad: 'anything but `has room`. The panels below show the cause.',
    }),
    saturationFigure(status.worstSaturation, {
      shows: 'Share of slots that can take no visitor. A full server counts as 100 %.',
      bad: 'over 95 %. See below which state holds the slots.',
    }),
    idleClientsFigure(status.worstKeepalive, {
      shows: 'Share of slots held by idle clients.',
      bad: 'over 50 %: shorten the keep-alive timeout. If it is low while the server is full, requests are slow.',
    }),
    queueFigure(host.waiting, {
      shows: 'Connections that the server has not accepted.',
      bad: 'anything that stays: visitors wait.',
    }),
    failedFigure(logs.worstErrorShare),
    firingFigure(fleet.firing),
    alertsTable({ query: fleet.alertRows, width: 12 }),
    timelinePanel({
      title: 'State over time',
      shows: 'When the target was full, did not answer or was unreadable.',
      bad: 'red. Its start shows which change to look for.',
      unit: unit.text,
      thresholds: thresholds.none,
      noValue: 'no target is scraped',
      queries: [status.state],
      width: 12,
      words: targetStates,
      links: [toItsServer],
    }),
    evidencePanel(status.evidence),
    fetchResultPanel(status.fetchResult, 'anything but ok. docs/errors.md explains each result.'),
    curves({
      title: 'Latency (access log)',
      queries: [logs.p50, logs.p95, logs.p99],
      unit: unit.seconds,
      thresholds: thresholds.none,
      noValue: 'no traffic, or the log format has no duration',
      shows: 'Percentiles of the request duration, without the wait for a worker.',
      bad: 'P99 far above P50: some visitors wait. Compare it with the upstream.',
      colors: { P50: quantileColors.p50, P95: quantileColors.p95, P99: quantileColors.p99 },
      links: [drillDown('traffic', 'Traffic')],
    }),
    curves({
      title: 'Errors (access log)',
      queries: [logs.serverErrorShare, logs.timeoutShare, logs.gaveUpShare],
      unit: unit.ratio,
      thresholds: thresholds.none,
      noValue: 'no traffic or no log',
      shows: 'Shares of the responses.',
      bad: '408: slow clients. 499: clients that gave up. 5xx: the application.',
      colors: { '5xx': meaning.bad, ...abortColors },
    }),
    slotsPanel(slotsByState(shown, 'visitors'), 'Slots'),
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
          shows: 'Seconds since the exporter read the sockets.',
          bad: 'more than a scrape interval: the figures of the kernel are old.',
        }),
        curves({
          title: 'Error log events',
          queries: [host.errorEvents],
          unit: unit.eventsPerSecond,
          thresholds: thresholds.none,
          noValue: 'no error log is read',
          shows: 'Reports of the server about its own limits, per second.',
          bad: 'any. The runbook of WebserverLimitLogged explains each.',
        }),
        curves({
          title: 'Round-trip time of visitors',
          queries: [host.roundTrip],
          unit: unit.seconds,
          thresholds: thresholds.none,
          noValue: 'the exporter does not see the server’s sockets',
          shows:
            'Shortest round-trip time of each connection, by percentile. Reusing a connection saves at least one round trip.',
          bad: 'high, with few requests per connection: keep-alive would help these visitors.',
        }),
      ],
    },
  ],
});
