import { connectionActivities } from '../snapshot/connections.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { figures, ofTarget } from './figures.ts';
import { histogramSamples } from './histogram-samples.ts';
import { labelsOf, targetLabels } from './target-samples.ts';

const figure = figures(ofTarget(({ host }: TargetView) => host?.connections));

/** What each connection does, where `ss` can be run in the server's network namespace. */
export const connectionFamilies: readonly Family<TargetView>[] = [
  family({
    name: 'webserver_connections',
    type: 'gauge',
    help: 'Connections by activity: queued (not accepted yet), silent (accepted, no byte received), active (sending a request or waiting for the response), sending (receiving a response), idle (keep-alive), closing (closed by the server, but still open).',
    labels: [...targetLabels, 'listen', 'activity'],
    source: 'ss -tinea of iproute2; docs/slot-model.md explains how each activity is recognised.',
    samples: (view: TargetView) =>
      (view.host?.listen ?? []).flatMap(({ port, activities }) =>
        activities === undefined
          ? []
          : connectionActivities.map((activity) => ({
              labels: { ...labelsOf(view), listen: String(port), activity },
              value: activities[activity],
            })),
      ),
  }),
  family({
    name: 'webserver_connection_idle_seconds',
    type: 'histogram',
    help: 'Idle time of each idle keep-alive connection, observed at every reading of the kernel.',
    labels: targetLabels,
    source: 'ss, lastsnd of connections in activity idle.',
    samples: (view: TargetView) =>
      view.host?.connections === undefined
        ? []
        : histogramSamples(labelsOf(view), view.counters.samples.idleSeconds),
  }),
  figure({
    name: 'webserver_connection_oldest_idle_seconds',
    help: 'Longest idle time among the idle connections. Absent when none is idle.',
    source: 'ss, lastsnd.',
    read: ({ oldestIdleSeconds }) => oldestIdleSeconds,
  }),
  figure({
    name: 'webserver_connection_oldest_queued_seconds',
    help: 'Longest time a connection has waited in the accept queue. Absent when the queue is empty.',
    source: 'ss, lastrcv of established connections without an inode.',
    read: ({ oldestQueuedSeconds }) => oldestQueuedSeconds,
  }),
  figure({
    name: 'webserver_connection_clients',
    help: 'Number of client addresses that hold an accepted connection.',
    source: 'ss, peer address.',
    read: ({ clients }) => clients,
  }),
  figure({
    name: 'webserver_connection_top_client_connections',
    help: 'Accepted connections of the client address that has the most. A high value suggests a slow-header attack, a crawler, or a proxy in front.',
    source: 'ss, peer address.',
    read: ({ topClientConnections }) => topClientConnections,
  }),
  family({
    name: 'webserver_connection_min_rtt_seconds',
    type: 'gauge',
    help: 'Lowest round-trip time of each open connection, as percentiles (50, 90, 99) over the connections. A reused connection saves a visitor at least this long.',
    labels: [...targetLabels, 'percentile'],
    source: 'ss, minrtt.',
    samples: (view: TargetView) =>
      Object.entries(view.host?.connections?.minRoundTripSeconds ?? {}).map(
        ([percentile, value]) => ({ labels: { ...labelsOf(view), percentile }, value }),
      ),
  }),
];
