import {
  highest,
  lowest,
  perTarget,
  type Query,
  rate,
  type Select,
  share,
  sum,
  targetLegend,
} from './query.ts';

/**
 * Service levels. Errors and slow requests by window come from the recording rules of the burn-rate alerts: the dashboard
 * agrees with the page, and a month does not calculate the rate of three days at each point. They show the worst of the
 * chosen services. Figures over `$__range`, the time range of the dashboard, and of the chosen `$latency` come from the
 * raw series.
 */
export function sloQueries(select: Select) {
  return {
    ...levelQueries(select),
    ...burnQueries(),
    ...requestVolume(select),
  };
}

/** Every class starts at 0, so that the first failures are an increase. */
const responses = 'webserver_log_responses_by_class_total';
const failedClass = 'class="5xx"';

/** Windows of the burn-rate alerts; a test compares them with the rules. */
type RecordedWindow = '5m' | '30m' | '1h' | '6h' | '1d' | '3d';

/** 1 - objective: the share that may fail. */
const allowed = '(1 - $objective)';
const allowedSlow = '(1 - $latency_objective)';

/** All instances of a service together, as in the alerts. */
const perService = 'by (job, target)';

/** Prometheus 3 stores le="1.0", 2.x stored le="1". */
const withinTarget = 'le=~"$latency(\\\\.0)?"';

function levelQueries(select: Select) {
  // An objective is of a service: a sum of all would hide the one that misses it.
  const ofRange = { select, window: '$__range', by: perService } as const;
  const failed = errorShare(ofRange);
  const slow = slowShare(ofRange);
  return {
    availability: lowest(`1 - ${failed}`),
    fast: lowest(`1 - ${slow}`),
    room: lowest(roomShare(ofRange)),
    availabilityBudget: lowest(`1 - ${failed} / ${allowed}`),
    latencyBudget: lowest(`1 - ${slow} / ${allowedSlow}`),
    availabilityOverTime: {
      expr: `1 - ${recordedErrorShare('1h')}`,
      legend: '{{target}}',
    },
    fastOverTime: {
      expr: `1 - ${slowShare({ select, window: '1h', by: perTarget })}`,
      legend: targetLegend,
    },
    roomOverTime: {
      expr: roomShare({ select, window: '1h', by: perTarget }),
      legend: targetLegend,
    },
  } as const satisfies Record<string, Query>;
}

function burnQueries() {
  const failed = (window: RecordedWindow): string =>
    `max(${recordedErrorShare(window)}) / ${allowed}`;
  const slow = (window: RecordedWindow): string =>
    `max(${recordedSlowShare(window)}) / ${allowedSlow}`;
  return {
    burnNow: highest(`${recordedErrorShare('1h')} / ${allowed}`),
    burn5m: { expr: failed('5m'), legend: '5 m' },
    burn1h: { expr: failed('1h'), legend: '1 h' },
    burn30m: { expr: failed('30m'), legend: 'errors, 30 m' },
    burn6h: { expr: failed('6h'), legend: '6 h' },
    burn1d: { expr: failed('1d'), legend: '1 d' },
    burn3d: { expr: failed('3d'), legend: 'errors, 3 d' },
    slowBurn1h: { expr: slow('1h'), legend: '1 h' },
    slowBurn6h: { expr: slow('6h'), legend: '6 h' },
    slowBurn1d: { expr: slow('1d'), legend: '1 d' },
    slowBurn3d: { expr: slow('3d'), legend: 'slow requests, 3 d' },
  } as const satisfies Record<string, Query>;
}

function requestVolume(select: Select) {
  const all = sum(rate(select(responses)));
  return {
    volume: { expr: all, legend: 'responses' },
    failures: { expr: sum(rate(select(responses, failedClass))), legend: '5xx' },
  } as const satisfies Record<string, Query>;
}

interface Window {
  readonly select: Select;
  readonly window: string;
  readonly by?: string;
}

/** Share of responses that failed in a window. */
function errorShare({ select, window, by }: Window): string {
  return share({
    part: over(select(responses, failedClass), window),
    whole: over(select(responses), window),
    by,
  });
}

/** The same for each service, recorded by alerts/slo.rules.yml. A service has no instance. */
function recordedErrorShare(window: RecordedWindow): string {
  return `target:slo_availability_failed:ratio_rate${window}{job=~"$job", target=~"$target"}`;
}

/** The same for responses slower than the target of alerts/config.yml. */
function recordedSlowShare(window: RecordedWindow): string {
  return `target:slo_latency_failed:ratio_rate${window}{job=~"$job", target=~"$target"}`;
}

/** Share of responses slower than the chosen target. */
function slowShare({ select, window, by }: Window): string {
  const fast = over(select('webserver_log_request_duration_seconds_bucket', withinTarget), window);
  const all = over(select('webserver_log_request_duration_seconds_count'), window);
  return `(1 - ${sum(fast, by)} / (${sum(all, by)} > 0))`;
}

/** Share of samples with a slot for a new visitor. The log does not contain this. */
function roomShare({ select, window, by }: Window): string {
  const room = over(select('webserver_worker_saturation_samples_bucket', 'le="0.95"'), window);
  const all = over(select('webserver_worker_saturation_samples_count'), window);
  return `(${sum(room, by)} / (${sum(all, by)} > 0))`;
}

function over(series: string, window: string): string {
  return `rate(${series}[${window}])`;
}
