import type { ConnectionSummary } from '../snapshot/connections.ts';
import { connectionActivities } from '../snapshot/connections.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family } from './family.ts';
import { histogramSamples } from './histogram-samples.ts';
import { known, labelsOf, targetLabels } from './target-samples.ts';

/** What each connection does, where `ss` can be run in the server's network namespace. */
export const connectionFamilies: readonly Family<TargetView>[] = [
  family({
    name: 'webserver_connections',
    type: 'gauge',
    help: 'Connections by what they do: queued (not accepted), silent (no byte sent), active (half a request, or one at work), sending, idle (keep-alive), closing (ended by the server and still held).',
    labels: [...targetLabels, 'listen', 'activity'],
    source: 'ss -tinea of iproute2; docs/slot-model.md says how each is told.',
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
    help: 'How long idle keep-alive connections have been idle: all of them at each reading of the kernel.',
    labels: targetLabels,
    source: 'ss, lastsnd of connections in activity idle.',
    samples: (view: TargetView) =>
      view.host?.connections === undefined
        ? []
        : histogramSamples(labelsOf(view), view.counters.samples.idleSeconds),
  }),
  figure({
    name: 'webserver_connection_oldest_idle_seconds',
    help: 'How long the connection that is idle longest has been idle.',
    source: 'ss, lastsnd.',
    read: ({ oldestIdleSeconds }) => oldestIdleSeconds,
  }),
  figure({
    name: 'webserver_connection_oldest_queued_seconds',
    help: 'How long the visitor who waits longest to be accepted has waited; absent when nobody waits.',
    source: 'ss, lastrcv of established connections without an inode.',
    read: ({ oldestQueuedSeconds }) => oldestQueuedSeconds,
  }),
  figure({
    name: 'webserver_connection_clients',
    help: 'Client addresses that hold an accepted connection.',
    source: 'ss, peer address.',
    read: ({ clients }) => clients,
  }),
  figure({
    name: 'webserver_connection_top_client_connections',
    help: 'Most accepted connections of one client address: slow-header attacks, crawlers, a proxy in front.',
    source: 'ss, peer address.',
    read: ({ topClientConnections }) => topClientConnections,
  }),
  family({
    name: 'webserver_connection_min_rtt_seconds',
    type: 'gauge',
    help: 'Percentiles (50, 90, 99) over the open connections of their lowest round-trip time: what one saved handshake is worth to a visitor.',
    labels: [...targetLabels, 'percentile'],
    source: 'ss, minrtt.',
    samples: (view: TargetView) =>
      Object.entries(view.host?.connections?.minRoundTripSeconds ?? {}).map(
        ([percentile, value]) => ({ labels: { ...labelsOf(view), percentile }, value }),
      ),
  }),
];

interface FigureRow {
  readonly name: string;
  readonly help: string;
  readonly source: string;
  readonly read: (connections: ConnectionSummary) => number | undefined;
}

function figure({ read, ...row }: FigureRow): Family<TargetView> {
  return family({
    ...row,
    type: 'gauge',
    labels: targetLabels,
    samples: (view: TargetView) => {
      const connections = view.host?.connections;
      return known(labelsOf(view), connections === undefined ? undefined : read(connections));
    },
  });
}
