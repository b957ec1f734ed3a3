import { emptySamples } from '../../src/derive/count-sample.ts';
import { connectionThresholds, countByClass, createLogCounts } from '../../src/derive/log-fold.ts';
import { errorLogEvents } from '../../src/parse/error-log-event.ts';
import { workerStates } from '../../src/snapshot/apache-status.ts';
import { connectionActivities } from '../../src/snapshot/connections.ts';
import { tcpStates } from '../../src/snapshot/kernel.ts';
import { scrapeResults } from '../../src/snapshot/scrape.ts';
import type {
  EventConnectionState,
  KeepaliveModel,
  KernelSlotState,
  NginxConnectionState,
  SlotKind,
} from '../../src/snapshot/slots.ts';
import { serverKinds } from '../../src/snapshot/status-page.ts';

/** The compiler finds a value that is missing here, or that no longer exists. */
const keysOf = <K extends string>(values: Record<K, true>): readonly string[] =>
  Object.keys(values);

const slotStates = [
  ...workerStates,
  ...keysOf<EventConnectionState | NginxConnectionState | KernelSlotState>({
    working: true,
    keepalive: true,
    writing_async: true,
    wait_io: true,
    closing: true,
    free: true,
    reading: true,
    writing: true,
    active: true,
  }),
];

const stateOf: Readonly<Record<string, readonly string[]>> = {
  webserver_slots: slotStates,
  webserver_requests_in_progress: ['reading', 'writing'],
  webserver_processes: ['accepting', 'stopping'],
  webserver_kernel_connections: tcpStates,
};

const resultOf: Readonly<Record<string, readonly string[]>> = {
  webserver_scrape_result: scrapeResults,
  webserver_scrape_failures_total: scrapeResults,
  webserver_log_lines_total: ['parsed', 'unparsed'],
};

const noCounts = createLogCounts({
  requestDurationBuckets: [],
  upstreamConnectBuckets: [],
  upstreamResponseBuckets: [],
});

/** Labels whose values come from closed lists. */
const valuesOf: Readonly<Record<string, readonly string[]>> = {
  activity: connectionActivities,
  alertstate: ['pending', 'firing'],
  class: [...countByClass(noCounts).keys()],
  code: [...Array.from({ length: 500 }, (_, index) => String(100 + index)), 'other'],
  event: errorLogEvents,
  keepalive_model: keysOf<KeepaliveModel>({ blocking: true, async: true, reclaimable: true }),
  kind: keysOf<SlotKind>({ worker: true, connection: true }),
  requests: connectionThresholds.map(String),
  server: serverKinds,
  stage: ['before_request', 'request'],
};

/** Labels whose values come from the configuration, from Prometheus, or from the alerts' own names. */
const open = new Set([
  'target',
  'job',
  'instance',
  'namespace',
  'cluster',
  'severity',
  'alertname',
]);

/** Every value that the label can have on this metric; undefined when nobody can list them. */
export function listLabelValues(metric: string, label: string): readonly string[] | undefined {
  if (open.has(label)) return undefined;
  if (label === 'le') return boundsOf(metric);
  if (label === 'state') return stateOf[metric] ?? [];
  if (label === 'result') return resultOf[metric] ?? [];
  return valuesOf[label] ?? [];
}

/** The bounds of logged durations are configured, and 1 is among the defaults that the rules go by. */
function boundsOf(metric: string): readonly string[] {
  const bounds =
    metric.includes('_saturation_') || metric.includes('_occupancy_')
      ? emptySamples.saturation.upperBounds
      : [1];
  return [...bounds.map(String), '+Inf'];
}
