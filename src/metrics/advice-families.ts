import type { Advice } from '../snapshot/advice.ts';
import type { TimeoutPrediction } from '../snapshot/prediction.ts';
import type { LoggedTarget } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { observedSamples } from './histogram-samples.ts';
import { known, labelsOf, targetLabels } from './target-samples.ts';

const gapSource =
  'Access log: $connection; or %{c}a with %{remote}p; and the time and duration of each request.';

const source =
  'The model of docs/tuning.md, from access logs that tell connections apart; renewed each minute.';

/** What other timeouts would do, and which one is advised. Absent while too little is known. */
export const adviceFamilies: readonly Family<LoggedTarget>[] = [
  family({
    name: 'webserver_log_keepalive_gap_seconds',
    type: 'histogram',
    help: 'Idle time between two requests of one connection: reuse that happened, cut off at the timeout in force.',
    labels: targetLabels,
    source: gapSource,
    samples: (view: LoggedTarget) =>
      view.logs?.gaps === undefined ? [] : observedSamples(labelsOf(view), view.logs.gaps.gap),
  }),
  family({
    name: 'webserver_log_missed_reuse_seconds',
    type: 'histogram',
    help: 'Time from the last response of a client address to its next new connection, up to five minutes: what a longer timeout would gain. Absent behind a proxy.',
    labels: targetLabels,
    source: gapSource,
    samples: (view: LoggedTarget) =>
      view.logs?.gaps === undefined || view.advice?.model.isBehindProxy !== false
        ? []
        : observedSamples(labelsOf(view), view.logs.gaps.missed),
  }),
  predicted({
    name: 'webserver_predicted_slots',
    help: 'Slots that would be held at the busiest moment with a keep-alive timeout of so many seconds.',
    read: ({ busiestSlots }) => busiestSlots.expected,
  }),
  predicted({
    name: 'webserver_predicted_reuse_ratio',
    help: 'Share of requests that would come over an open connection with a keep-alive timeout of so many seconds.',
    read: ({ reuseRatio }) => reuseRatio.expected,
  }),
  predicted({
    name: 'webserver_predicted_connections_per_second',
    help: 'New connections a second there would be with a keep-alive timeout of so many seconds.',
    read: ({ connectionsPerSecond }) => connectionsPerSecond.expected,
  }),
  family({
    name: 'webserver_advised_keepalive_timeout_seconds',
    type: 'gauge',
    help: 'The keep-alive timeout that is advised; 0 is keep-alive off.',
    labels: targetLabels,
    source,
    samples: (view: LoggedTarget) =>
      known(labelsOf(view), adviceOf(view)?.advisedKeepaliveTimeoutSeconds),
  }),
  family({
    name: 'webserver_advised_slots',
    type: 'gauge',
    help: 'Slots that are advised: workers, or connections of nginx; the number there is where it is enough.',
    labels: targetLabels,
    source,
    samples: (view: LoggedTarget) => known(labelsOf(view), advisedSlots(adviceOf(view))),
  }),
];

interface PredictedRow {
  readonly name: string;
  readonly help: string;
  readonly read: (prediction: TimeoutPrediction) => number;
}

function predicted({ name, help, read }: PredictedRow): Family<LoggedTarget> {
  return family({
    name,
    type: 'gauge',
    help,
    labels: [...targetLabels, 'timeout'],
    source,
    samples: (view: LoggedTarget) =>
      (adviceOf(view)?.model.predictions ?? []).map((prediction) => ({
        labels: { ...labelsOf(view), timeout: String(prediction.timeoutSeconds) },
        value: read(prediction),
      })),
  });
}

function adviceOf({ advice }: LoggedTarget): Advice | undefined {
  return advice?.kind === 'none' ? undefined : advice;
}

function advisedSlots(advice: Advice | undefined): number | undefined {
  return advice?.advisedSlots ?? advice?.model.slots;
}
