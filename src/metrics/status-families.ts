import { scrapeResults } from '../snapshot/scrape.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import {
  answered,
  apacheOf,
  known,
  labelsOf,
  nginxOf,
  states,
  targetLabels,
} from './target-samples.ts';

/** What the status page says, and how asking for it went. */
export const statusFamilies: readonly Family<TargetView>[] = [
  family({
    name: 'webserver_up',
    type: 'gauge',
    help: 'Whether the status page was read: 1 only when all of it was understood.',
    labels: targetLabels,
    source: 'The fetch of status_url.',
    samples: (view: TargetView) => [
      { labels: labelsOf(view), value: answered(view) === undefined ? 0 : 1 },
    ],
  }),
  family({
    name: 'webserver_scrape_result',
    type: 'gauge',
    help: 'How reading the status page ended; the result that holds is 1, all others are 0.',
    labels: [...targetLabels, 'result'],
    source: 'The fetch of status_url; docs/errors.md explains each result.',
    samples: (view: TargetView) => {
      const { outcome } = view.observation;
      const holds = outcome.kind === 'answered' ? 'ok' : outcome.failure.result;
      return scrapeResults.map((result) => ({
        labels: { ...labelsOf(view), result },
        value: result === holds ? 1 : 0,
      }));
    },
  }),
  family({
    name: 'webserver_scrape_failures_total',
    type: 'counter',
    help: 'Failed attempts to read the status page since the exporter started.',
    labels: [...targetLabels, 'result'],
    source: 'The fetch of status_url; docs/errors.md explains each result.',
    samples: (view: TargetView) =>
      Object.entries(view.counters.failures).map(([result, value]) => ({
        labels: { ...labelsOf(view), result },
        value,
      })),
  }),
  family({
    name: 'webserver_scrape_bad_fields_total',
    type: 'counter',
    help: 'Fields of the status page left out because their value was malformed.',
    labels: targetLabels,
    source: 'The parser of the status page.',
    samples: (view: TargetView) => [{ labels: labelsOf(view), value: view.counters.badFields }],
  }),
  family({
    name: 'webserver_scrape_duration_seconds',
    type: 'gauge',
    help: 'Time the last fetch of the status page took. It rises when requests wait for a worker.',
    labels: targetLabels,
    source: 'The fetch of status_url.',
    samples: (view: TargetView) => known(labelsOf(view), view.observation.timings.durationSeconds),
  }),
  family({
    name: 'webserver_scrape_connect_seconds',
    type: 'gauge',
    help: 'Time until the connection of the last fetch stood, name resolution and TLS included.',
    labels: targetLabels,
    source: 'The fetch of status_url.',
    samples: (view: TargetView) => known(labelsOf(view), view.observation.timings.connectSeconds),
  }),
  family({
    name: 'webserver_info',
    type: 'gauge',
    help: 'Version, MPM and keep-alive model of the server; always 1. While the server is silent, as it last said within an hour.',
    labels: [...targetLabels, 'version', 'mpm', 'keepalive_model'],
    source: 'mod_status ServerVersion and ServerMPM; nginx: the Server header.',
    samples: (view: TargetView) => {
      if (view.identity === undefined) return [];
      const { version = 'unknown', mpm, keepaliveModel } = view.identity;
      const labels = {
        ...labelsOf(view),
        version,
        mpm: mpmLabel(view.observation.target.server, mpm),
        keepalive_model: keepaliveModel,
      };
      return [{ labels, value: 1 }];
    },
  }),
  family({
    name: 'webserver_start_time_seconds',
    type: 'gauge',
    help: 'Unix time at which the server started; a graceful restart does not change it.',
    labels: targetLabels,
    source: 'mod_status RestartTime with ServerUptimeSeconds or Uptime.',
    samples: (view: TargetView) => known(labelsOf(view), answered(view)?.startTimeSeconds),
  }),
  family({
    name: 'webserver_config_generation',
    type: 'gauge',
    help: 'How often the configuration was loaded, graceful restarts included.',
    labels: targetLabels,
    source: 'mod_status ParentServerConfigGeneration.',
    samples: (view: TargetView) => known(labelsOf(view), apacheOf(view)?.configGeneration),
  }),
  family({
    name: 'webserver_requests_in_progress',
    type: 'gauge',
    help: 'Requests that nginx is reading or answering; with HTTP/2 and HTTP/3 each stream is one, so there may be more than connections.',
    labels: [...targetLabels, 'state'],
    source: 'stub_status Reading and Writing.',
    samples: (view: TargetView) =>
      states(labelsOf(view), { reading: nginxOf(view)?.reading, writing: nginxOf(view)?.writing }),
  }),
  family({
    name: 'webserver_connections_accepted_total',
    type: 'counter',
    help: 'Connections accepted.',
    labels: targetLabels,
    source: 'stub_status accepts.',
    samples: (view: TargetView) => known(labelsOf(view), nginxOf(view)?.accepts),
  }),
  family({
    name: 'webserver_connections_handled_total',
    type: 'counter',
    help: 'Connections for which the server had a slot.',
    labels: targetLabels,
    source: 'stub_status handled.',
    samples: (view: TargetView) => known(labelsOf(view), nginxOf(view)?.handled),
  }),
  family({
    name: 'webserver_connections_dropped_total',
    type: 'counter',
    help: 'Connections closed right after accept for lack of a slot; reclaimed idle keep-alive ones are not among them.',
    labels: targetLabels,
    source: 'stub_status accepts - handled.',
    samples: (view: TargetView) => known(labelsOf(view), droppedConnections(view)),
  }),
  family({
    name: 'webserver_requests_total',
    type: 'counter',
    help: 'Requests since the server started.',
    labels: targetLabels,
    source: 'mod_status Total Accesses; stub_status requests.',
    samples: (view: TargetView) =>
      known(labelsOf(view), apacheOf(view)?.totalAccesses ?? nginxOf(view)?.requests),
  }),
  family({
    name: 'webserver_response_bytes_total',
    type: 'counter',
    help: 'Bytes sent since the server started.',
    labels: targetLabels,
    source: 'mod_status Total kBytes x 1024.',
    samples: (view: TargetView) =>
      known(labelsOf(view), scaled(apacheOf(view)?.totalKibibytes, 1024)),
  }),
  family({
    name: 'webserver_request_handling_seconds_total',
    type: 'counter',
    help: 'Time spent on requests, summed; waiting in the accept queue is not part of it.',
    labels: targetLabels,
    source: 'mod_status Total Duration / 1000; Tengine request_time / 1000.',
    samples: (view: TargetView) =>
      known(
        labelsOf(view),
        scaled(
          apacheOf(view)?.totalDurationMilliseconds ?? nginxOf(view)?.requestTimeMilliseconds,
          1 / 1000,
        ),
      ),
  }),
  family({
    name: 'webserver_processes',
    type: 'gauge',
    help: 'Server processes that accept connections, and those that finish what they have and stop.',
    labels: [...targetLabels, 'state'],
    source: 'mod_status Processes and Stopping (event MPM).',
    samples: (view: TargetView) => {
      const { processes, stoppingProcesses: stopping } = apacheOf(view) ?? {};
      if (processes === undefined) return [];
      return states(labelsOf(view), { accepting: processes - (stopping ?? 0), stopping });
    },
  }),
];

const knownMpms = new Set(['prefork', 'worker', 'event', 'winnt', 'motorz', 'simple']);

/** A closed list, because the page is not to be trusted with labels. */
function mpmLabel(server: ServerKind, mpm: string | undefined): string {
  if (mpm === undefined) return server === 'nginx' ? '' : 'unknown';
  const name = mpm.toLowerCase();
  return knownMpms.has(name) ? name : 'other';
}

/** The two counters are read one after the other, so handled may be ahead for a moment: never below 0. */
function droppedConnections(view: TargetView): number | undefined {
  const { accepts, handled } = nginxOf(view) ?? {};
  return accepts === undefined || handled === undefined
    ? undefined
    : Math.max(0, accepts - handled);
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}
