import {
  highest,
  namesOf,
  ofOurExporters,
  perTarget,
  type Query,
  rate,
  type Select,
  selectExporters,
  sum,
} from './query.ts';

/** Metrics of the exporter about itself. `select` selects those with a target. */
export function selfQueries(select: Select) {
  return { ...serviceQueries(), ...samplerQueries(select), ...processQueries() };
}

function serviceQueries() {
  const up = ofOurExporters(selectExporters('up'));
  const reloaded = selectExporters('keepalive_exporter_config_last_reload_successful');
  const checkpoint = selectExporters(
    'keepalive_exporter_checkpoint_last_success_timestamp_seconds',
  );
  return {
    downByName: {
      expr: namesOf({ bad: `(1 - ${up} == 1)`, of: up, label: 'instance' }),
      legend: '{{instance}}',
    },
    exporterUp: { expr: up, legend: '{{instance}}' },
    reloadRefused: {
      expr: namesOf({ bad: `(${reloaded} == bool 0) == 1`, of: reloaded, label: 'instance' }),
      legend: '{{instance}}',
    },
    checkpointAge: { expr: `time() - ${checkpoint}`, legend: '{{instance}}' },
    checkpointFailures: {
      expr: rate(selectExporters('keepalive_exporter_checkpoint_failures_total')),
      legend: '{{instance}}',
    },
  } as const satisfies Record<string, Query>;
}

function samplerQueries(select: Select) {
  const samples = sum(rate(select('webserver_worker_saturation_samples_count')), perTarget);
  return {
    samplesPerSecond: { expr: samples, legend: '{{target}} ({{instance}})' },
    missedSamples: {
      expr: rate(selectExporters('keepalive_exporter_samples_missed_total')),
      legend: '{{target}} ({{instance}})',
    },
    mostMissedSamples: highest(rate(selectExporters('keepalive_exporter_samples_missed_total'))),
    laneUp: {
      expr: selectExporters('keepalive_exporter_lane_up'),
      legend: '{{target}} ({{instance}})',
    },
  } as const satisfies Record<string, Query>;
}

function processQueries() {
  const memory = ofOurExporters(selectExporters('process_resident_memory_bytes'));
  const eventLoop = ofOurExporters(selectExporters('nodejs_eventloop_lag_seconds'));
  return {
    memory: { expr: memory, legend: '{{instance}}' },
    worstMemory: highest(memory, 'instance'),
    cpu: {
      expr: ofOurExporters(rate(selectExporters('process_cpu_seconds_total'))),
      legend: '{{instance}}',
    },
    eventLoopLag: { expr: eventLoop, legend: '{{instance}}' },
  } as const satisfies Record<string, Query>;
}
