import { buildDashboard } from './build-dashboard.ts';
import { adviceTable } from './panels/advice-table.ts';
import {
  gaveUpFigure,
  latencyFigure,
  reuseFigure,
  saturationFigure,
} from './panels/common-figures.ts';
import { heatmapPanel } from './panels/heatmap-panel.ts';
import { curves, figure } from './panels/short-forms.ts';
import { trendPanel } from './panels/trend-panel.ts';
import { logQueries } from './queries/log-queries.ts';
import { selectTargets } from './queries/query.ts';
import { statusQueries } from './queries/status-queries.ts';
import { predictedTargets, tuningQueries } from './queries/tuning-queries.ts';
import { meaning, thresholds, unit } from './theme.ts';

const select = selectTargets();
const tuning = tuningQueries(select);
const predictions = tuningQueries(selectTargets(undefined, 'shown'));
const logs = logQueries(select);
const status = statusQueries(select);

const noConnections = 'no log format identifies connections, or too little traffic';

/** Which keep-alive timeout, how many slots, and did the last change help? */
export const tuningDashboard = buildDashboard({
  name: 'tuning',
  title: 'Keep-alive / Tuning',
  question: 'Which keep-alive timeout, how many slots, and did the last change help?',
  from: 'now-6h',
  shown: predictedTargets(select),
  glance: [
    figure({
      title: 'To change',
      query: tuning.changeAdvised,
      thresholds: thresholds.none,
      shown: 'value and name',
      noValue: 'no advice yet',
      words: [
        { text: 'as advised', color: meaning.neutral },
        { text: 'CHANGE', color: meaning.warning },
      ],
      shows: 'Targets whose keep-alive timeout is not the advised one; at most four names.',
      bad: 'the name of a server that fills up. keepalive-exporter advise shows what to set.',
    }),
    figure({
      title: 'No advice',
      query: tuning.withoutAdvice,
      thresholds: thresholds.none,
      shows:
        'Targets without advice: no log format identifies connections, there is too little traffic, or memory does not allow enough slots.',
      bad: 'the busiest servers among them. Use a recommended log format.',
    }),
    reuseFigure(logs.requestsPerConnection),
    saturationFigure(status.worstSaturation, {
      shows: 'Saturation of the target with the least room.',
      bad: 'over 80 %. See what each timeout would do.',
    }),
    gaveUpFigure(logs.worstAbortShare, {
      bad: 'a jump after the timeout was shortened: go back one step.',
    }),
    latencyFigure(logs.worstP99),
    adviceTable(select),
    heatmapPanel({
      title: 'Gaps between two requests of a connection',
      shows:
        'Requests on a reused connection, by how long it had been idle before. No gap is longer than the timeout.',
      bad: 'a band that ends at the timeout: a longer timeout would allow more reuse.',
      unit: unit.seconds,
      thresholds: thresholds.none,
      noValue: noConnections,
      queries: [tuning.gaps],
      width: 12,
    }),
    heatmapPanel({
      title: 'Missed reuse',
      shows: 'New connections of a client address, by the time since its last response.',
      bad: 'a band just above the timeout: a longer timeout would allow this reuse.',
      unit: unit.seconds,
      thresholds: thresholds.none,
      noValue: 'none missed, no log format identifies connections, or all clients are proxies',
      queries: [tuning.missed],
      width: 12,
    }),
    // One for each target, including those without advice, so it comes after the panels that have figures for all.
    trendPanel({
      title: 'What each timeout would do: $shown',
      shows:
        'Predicted slots at the busiest moment, and share of requests that reuse a connection, for each keep-alive timeout.',
      bad: 'more slots than the limit at the timeout in force. Beyond the bend of the reuse curve, a longer timeout only costs slots.',
      unit: unit.seconds,
      thresholds: thresholds.none,
      noValue: noConnections,
      width: 24,
      repeat: 'shown',
      over: { label: 'timeout', name: 'Keep-alive timeout' },
      curves: [
        {
          name: 'Slots at the busiest moment',
          query: predictions.predictedSlots,
          unit: unit.count,
          color: meaning.warning,
          axis: 'left',
        },
        {
          name: 'Reuse',
          query: predictions.predictedReuse,
          unit: unit.ratio,
          color: meaning.good,
          axis: 'right',
        },
      ],
    }),
  ],
  details: [
    {
      title: 'Before and after a change (grey lines: configuration loaded)',
      panels: [
        curves({
          title: 'Timeout in force and advised',
          queries: [tuning.timeoutInForce, tuning.advisedTimeout],
          unit: unit.seconds,
          thresholds: thresholds.none,
          shows: 'The keep-alive timeout in force, and the advised one.',
          bad: 'lines far apart. Change the timeout step by step.',
          noValue: noConnections,
        }),
        curves({
          title: 'Slots in force and advised',
          queries: [tuning.slotsInForce, tuning.advisedSlots],
          unit: unit.count,
          thresholds: thresholds.none,
          shows: 'Workers (nginx: connections), and the advised number.',
          bad: 'more advised than in force. Raise the limit after checking the memory.',
        }),
        curves({
          title: 'Slots held by idle clients',
          queries: [tuning.heldSlots],
          unit: unit.count,
          thresholds: thresholds.none,
          shows: 'Slots in state keepalive.',
          bad: 'no fall after a shorter timeout: clients close their connections earlier than the server.',
        }),
        curves({
          title: 'Saturation',
          queries: [status.saturation],
          unit: unit.ratio,
          thresholds: thresholds.saturation,
          shows: 'Share of slots that can take no visitor.',
          bad: 'no fall after the change: idle clients were not the cause.',
          max: 1,
        }),
        curves({
          title: 'Requests per connection',
          queries: [logs.requestsPerConnection],
          unit: unit.count,
          thresholds: thresholds.none,
          shows: 'How well keep-alive is used.',
          bad: 'a fall after the change: the timeout is too short.',
        }),
        curves({
          title: 'New connections',
          queries: [logs.connectionRate],
          unit: unit.eventsPerSecond,
          thresholds: thresholds.none,
          shows: 'Connections per second that made a first request.',
          bad: 'a rise after the change: handshakes that were saved before.',
        }),
        curves({
          title: '408 and 499',
          queries: [logs.abortShareByTarget],
          unit: unit.ratio,
          thresholds: thresholds.abortShare,
          shows: 'Share of requests that timed out or whose client gave up.',
          bad: 'a jump after a shorter timeout: go back one step. keepalive-exporter compare shows whether it is chance.',
        }),
        curves({
          title: 'Latency P99',
          queries: [logs.p99ByTarget],
          unit: unit.seconds,
          thresholds: thresholds.none,
          shows: '99th percentile of the request duration.',
          bad: 'higher after the change: go back one step.',
        }),
      ],
    },
  ],
});
