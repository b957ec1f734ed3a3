import type { Advice } from '../snapshot/advice.ts';
import type { LoggedTarget } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { figures, ofTarget } from './figures.ts';
import { observedSamples } from './histogram-samples.ts';
import { labelsOf, targetLabels } from './target-samples.ts';

const gapSource =
  'Access log: $connection; or %{c}a with %{remote}p; and the time and duration of each request.';

const source =
  'The model of docs/tuning.md, from access logs that identify connections; computed once a minute.';

const advised = figures(ofTarget(adviceOf));

const predicted = figures({
  labels: [...targetLabels, 'timeout'],
  series: (view: LoggedTarget) =>
    (adviceOf(view)?.model.predictions ?? []).map((prediction) => ({
      labels: { ...labelsOf(view), timeout: String(prediction.timeoutSeconds) },
      part: prediction,
    })),
});

/** What other timeouts would do, and which one is advised. Absent while too little is known. */
export const adviceFamilies: readonly Family<LoggedTarget>[] = [
  family({
    name: 'webserver_log_keepalive_gap_seconds',
    type: 'histogram',
    help: 'Idle time between two requests of one connection. It shows the reuse that happened, so no gap exceeds the timeout in force.',
    labels: targetLabels,
    source: gapSource,
    samples: (view: LoggedTarget) =>
      view.logs?.gaps === undefined ? [] : observedSamples(labelsOf(view), view.logs.gaps.gap),
  }),
  family({
    name: 'webserver_log_missed_reuse_seconds',
    type: 'histogram',
    help: 'Time from the last response to a client address until its next new connection, up to five minutes. It shows the reuse that a longer timeout would add. Absent behind a proxy.',
    labels: targetLabels,
    source: gapSource,
    samples: (view: LoggedTarget) =>
      view.logs?.gaps === undefined || view.advice?.model.isBehindProxy !== false
        ? []
        : observedSamples(labelsOf(view), view.logs.gaps.missed),
  }),
  predicted({
    name: 'webserver_predicted_slots',
    help: 'Predicted slots in use at the busiest moment, by keep-alive timeout in seconds.',
    source,
    read: ({ busiestSlots }) => busiestSlots.expected,
  }),
  predicted({
    name: 'webserver_predicted_reuse_ratio',
    help: 'Predicted share of requests that reuse an open connection, by keep-alive timeout in seconds.',
    source,
    read: ({ reuseRatio }) => reuseRatio.expected,
  }),
  predicted({
    name: 'webserver_predicted_connections_per_second',
    help: 'Predicted new connections per second, by keep-alive timeout in seconds.',
    source,
    read: ({ connectionsPerSecond }) => connectionsPerSecond.expected,
  }),
  advised({
    name: 'webserver_advised_keepalive_timeout_seconds',
    help: 'Advised keep-alive timeout in seconds; 0 means keep-alive off. Absent while no advice is possible.',
    source,
    read: ({ advisedKeepaliveTimeoutSeconds }) => advisedKeepaliveTimeoutSeconds,
  }),
  advised({
    name: 'webserver_advised_slots',
    help: 'Advised number of slots: workers, or connections of nginx. The current number if it is sufficient. Absent if memory does not allow enough.',
    source,
    read: ({ kind, advisedSlots, model }) =>
      kind === 'redesign' ? undefined : (advisedSlots ?? model.slots),
  }),
];

function adviceOf({ advice }: LoggedTarget): Advice | undefined {
  return advice?.kind === 'none' ? undefined : advice;
}
