import { scrapeResults } from '../snapshot/scrape.ts';
import type { ServerKind } from '../snapshot/status-page.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { figures, ofTarget } from './figures.ts';
import { answered, apacheOf, labelsOf, nginxOf, states, targetLabels } from './target-samples.ts';

const figure = figures(ofTarget((view: TargetView) => view));

/** How the poll of the status page ended. */
const pollFamilies: readonly Family<TargetView>[] = [
  figure({
    name: 'webserver_up',
    help: 'Whether the status page was read and understood (1).',
    source: 'The poll of status_url.',
    read: (view) => (answered(view) === undefined ? 0 : 1),
  }),
  family({
    name: 'webserver_scrape_result',
    type: 'gauge',
    help: 'Result of the last poll of the status page: 1 for the result that applies, 0 for all others.',
    labels: [...targetLabels, 'result'],
    source: 'The poll of status_url; docs/errors.md explains each result.',
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
    help: 'Failed polls of the status page since the exporter started, by result.',
    labels: [...targetLabels, 'result'],
    source: 'The poll of status_url; docs/errors.md explains each result.',
    samples: (view: TargetView) =>
      Object.entries(view.counters.failures).map(([result, value]) => ({
        labels: { ...labelsOf(view), result },
        value,
      })),
  }),
  figure({
    name: 'webserver_scrape_bad_fields_total',
    type: 'counter',
    help: 'Fields of the status page ignored because their value was malformed.',
    source: 'The parser of the status page.',
    read: ({ counters }) => counters.badFields,
  }),
  figure({
    name: 'webserver_scrape_duration_seconds',
    help: 'Duration of the last poll of the status page. It rises when requests wait for a worker.',
    source: 'The poll of status_url.',
    read: ({ observation }) => observation.timings.durationSeconds,
  }),
  figure({
    name: 'webserver_scrape_connect_seconds',
    help: 'Time that the last poll took to connect, including name resolution and TLS. Absent if the poll did not connect.',
    source: 'The poll of status_url.',
    read: ({ observation }) => observation.timings.connectSeconds,
  }),
];

/** What the status page contains. */
const pageFamilies: readonly Family<TargetView>[] = [
  family({
    name: 'webserver_info',
    type: 'gauge',
    help: 'Version, MPM and keep-alive model of the server; always 1. If the status page does not answer, the values of the last answer remain for an hour.',
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
  figure({
    name: 'webserver_start_time_seconds',
    help: 'Unix time at which the server started. A graceful restart does not change it.',
    source: 'mod_status RestartTime with ServerUptimeSeconds or Uptime.',
    read: (view) => answered(view)?.startTimeSeconds,
  }),
  figure({
    name: 'webserver_config_generation',
    help: 'Number of times the server loaded its configuration, including graceful restarts.',
    source: 'mod_status ParentServerConfigGeneration.',
    read: (view) => apacheOf(view)?.configGeneration,
  }),
  family({
    name: 'webserver_requests_in_progress',
    type: 'gauge',
    help: 'Requests that nginx is reading or answering. Each HTTP/2 or HTTP/3 stream is a request, so they can outnumber the connections.',
    labels: [...targetLabels, 'state'],
    source: 'stub_status Reading and Writing.',
    samples: (view: TargetView) =>
      states(labelsOf(view), { reading: nginxOf(view)?.reading, writing: nginxOf(view)?.writing }),
  }),
  figure({
    name: 'webserver_connections_accepted_total',
    type: 'counter',
    help: 'Connections that the server accepted.',
    source: 'stub_status accepts.',
    read: (view) => nginxOf(view)?.accepts,
  }),
  figure({
    name: 'webserver_connections_handled_total',
    type: 'counter',
    help: 'Accepted connections for which the server had a slot.',
    source: 'stub_status handled.',
    read: (view) => nginxOf(view)?.handled,
  }),
  figure({
    name: 'webserver_connections_dropped_total',
    type: 'counter',
    help: 'Connections closed right after they were accepted, because no slot was free. Idle keep-alive connections that nginx reclaims do not count.',
    source: 'stub_status accepts - handled.',
    read: droppedConnections,
  }),
  figure({
    name: 'webserver_requests_total',
    type: 'counter',
    help: 'Requests since the server started.',
    source: 'mod_status Total Accesses; stub_status requests.',
    read: (view) => apacheOf(view)?.totalAccesses ?? nginxOf(view)?.requests,
  }),
  figure({
    name: 'webserver_response_bytes_total',
    type: 'counter',
    help: 'Bytes sent since the server started.',
    source: 'mod_status Total kBytes x 1024.',
    read: (view) => scaled(apacheOf(view)?.totalKibibytes, 1024),
  }),
  figure({
    name: 'webserver_request_handling_seconds_total',
    type: 'counter',
    help: 'Total time that the server spent on requests, without the time they waited in the accept queue.',
    source: 'mod_status Total Duration / 1000; Tengine request_time / 1000.',
    read: (view) => {
      const milliseconds = apacheOf(view)?.totalDurationMilliseconds;
      return scaled(milliseconds ?? nginxOf(view)?.requestTimeMilliseconds, 1 / 1000);
    },
  }),
  family({
    name: 'webserver_processes',
    type: 'gauge',
    help: 'Server processes by state: accepting new connections, or stopping after their current connections end.',
    labels: [...targetLabels, 'state'],
    source: 'mod_status Processes and Stopping (event MPM).',
    samples: (view: TargetView) => {
      const { processes, stoppingProcesses: stopping } = apacheOf(view) ?? {};
      if (processes === undefined) return [];
      return states(labelsOf(view), { accepting: processes - (stopping ?? 0), stopping });
    },
  }),
];

/** The status page, and how the poll of it went. */
export const statusFamilies: readonly Family<TargetView>[] = [...pollFamilies, ...pageFamilies];

const knownMpms = new Set(['prefork', 'worker', 'event', 'winnt', 'motorz', 'simple']);

/** A closed list: a page must not choose label values. */
function mpmLabel(server: ServerKind, mpm: string | undefined): string {
  if (mpm === undefined) return server === 'nginx' ? '' : 'unknown';
  const name = mpm.toLowerCase();
  return knownMpms.has(name) ? name : 'other';
}

/** nginx reads the two counters one after the other, so handled can briefly exceed accepts. */
function droppedConnections(view: TargetView): number | undefined {
  const { accepts, handled } = nginxOf(view) ?? {};
  return accepts === undefined || handled === undefined
    ? undefined
    : Math.max(0, accepts - handled);
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}
