import { perTarget, type Query, rate, type Select, share, sum, targetLegend } from './query.ts';

/**
 * Service levels straight from the raw series, so that the dashboard works where no recording rule is
 * loaded. The windows are those of the burn-rate alerts and therefore fixed; `$__range` is the
 * time range of the dashboard. `$objective` and `$latency` are chosen above the panels.
 */
export function sloQueries(select: Select) {
  return {
    ...levelQueries(select),
    ...burnQueries(select),
    ...requestVolume(select),
  };
}

/** 1 - objective: the share that may fail. */
const allowed = '(1 - $objective)';
const allowedSlow = '(1 - $latency_objective)';

/** Prometheus 3 writes le="1.0" where 2.x wrote le="1". */
const withinTarget = 'le=~"$latency(\\\\.0)?"';

function levelQueries(select: Select) {
  const failed = errorShare({ select, window: '$__range' });
  const slow = slowShare({ select, window: '$__range' });
  const room = roomShare({ select, window: '$__range' });
  return {
    availability: { expr: `1 - ${failed}`, legend: 'availability', shape: 'instant' },
    fast: { expr: `1 - ${slow}`, legend: 'fast enough', shape: 'instant' },
    room: { expr: room, legend: 'with room', shape: 'instant' },
    availabilityBudget: budget(failed),
    latencyBudget: budget(slow, allowedSlow),
    roomBudget: budget(`(1 - ${room})`),
    availabilityOverTime: {
      expr: `1 - ${errorShare({ select, window: '1h', by: perTarget })}`,
      legend: targetLegend,
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

function budget(bad: string, may: string = allowed): Query {
  return { expr: `1 - ${bad} / ${may}`, legend: 'budget left', shape: 'instant' };
}

function burnQueries(select: Select) {
  const failed = (window: string): string => `${errorShare({ select, window })} / ${allowed}`;
  const slow = (window: string): string => `${slowShare({ select, window })} / ${allowedSlow}`;
  return {
    burnNow: { expr: failed('1h'), legend: '1 h', shape: 'instant' },
    slowBurnNow: { expr: slow('1h'), legend: '1 h', shape: 'instant' },
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
  return {
    volume: {
      expr: sum(rate(select('webserver_log_responses_total'))),
      legend: 'responses',
    },
    failures: {
      expr: `${sum(rate(select('webserver_log_responses_total', 'code=~"5.."')))} or 0 * ${sum(rate(select('webserver_log_responses_total')))}`,
      legend: '5xx',
    },
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
    part: over(select('webserver_log_responses_total', 'code=~"5.."'), window),
    whole: over(select('webserver_log_responses_total'), window),
    by,
  });
}

/** Share of responses slower than the target. */
function slowShare({ select, window, by }: Window): string {
  const fast = over(select('webserver_log_request_duration_seconds_bucket', withinTarget), window);
  const all = over(select('webserver_log_request_duration_seconds_count'), window);
  return `(1 - ${sum(fast, by)} / (${sum(all, by)} > 0))`;
}

/** Share of the sampled seconds in which a new visitor found a slot: what the log cannot show. */
function roomShare({ select, window, by }: Window): string {
  const room = over(select('webserver_worker_saturation_samples_bucket', 'le="0.95"'), window);
  const all = over(select('webserver_worker_saturation_samples_count'), window);
  return `(${sum(room, by)} / (${sum(all, by)} > 0))`;
}

function over(series: string, window: string): string {
  return `rate(${series}[${window}])`;
}
