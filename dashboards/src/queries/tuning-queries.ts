import {
  increase,
  namesOf,
  perTarget,
  type Query,
  type Select,
  sum,
  targetLegend,
} from './query.ts';

/** Predictions for other timeouts, the advice, and the values in force. */
export function tuningQueries(select: Select) {
  const advised = select('webserver_advised_keepalive_timeout_seconds');
  const inForce = `max ${perTarget} (${select('webserver_keepalive_timeout_seconds')})`;
  const slots = select('webserver_advised_slots');
  const heatmap = (metric: string): Query => ({
    expr: sum(increase(select(`${metric}_bucket`)), 'by (le)'),
    legend: '{{le}}',
    shape: 'heatmap',
  });
  return {
    changeAdvised: {
      expr: namesOf({
        bad: `(max ${perTarget} (${advised}) != bool ${inForce} == 1)`,
        of: advised,
        label: 'target',
      }),
      legend: '{{target}}',
      shape: 'instant',
    },
    withoutAdvice: {
      expr: `count(${select('webserver_up')} unless on (job, instance, target) ${advised}) or 0 * count(${select('webserver_up')})`,
      legend: 'no advice',
      shape: 'instant',
    },
    predictedSlots: predicted(select('webserver_predicted_slots'), 'slots'),
    predictedReuse: predicted(select('webserver_predicted_reuse_ratio'), 'reuse'),
    advisedTimeout: {
      expr: `max ${perTarget} (${advised})`,
      legend: `advised ${targetLegend}`,
    },
    timeoutInForce: { expr: inForce, legend: `in force ${targetLegend}` },
    advisedSlots: { expr: `max ${perTarget} (${slots})`, legend: `advised ${targetLegend}` },
    slotsInForce: {
      expr: `max ${perTarget} (${select('webserver_slots_limit', 'kind="worker"')} or ${select('webserver_slots_limit', 'server="nginx"')})`,
      legend: `in force ${targetLegend}`,
    },
    gaps: heatmap('webserver_log_keepalive_gap_seconds'),
    missed: heatmap('webserver_log_missed_reuse_seconds'),
    heldSlots: {
      expr: `sum ${perTarget} (${select('webserver_slots', 'state="keepalive"')})`,
      legend: targetLegend,
    },
  } as const satisfies Record<string, Query>;
}

/**
 * The targets with a prediction, by their highest number of predicted slots. Without any, one target: its empty panel
 * says why.
 */
export function predictedTargets(select: Select): string {
  const predicted = `max by (target) (${select('webserver_predicted_slots')})`;
  return `${predicted} or on () topk(1, max by (target) (${select('webserver_up')}))`;
}

/** One row for each timeout. */
function predicted(series: string, name: string): Query {
  return { expr: `max by (timeout) (${series})`, legend: `${name} {{timeout}}`, shape: 'table' };
}
