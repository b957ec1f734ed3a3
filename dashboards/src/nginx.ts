import { buildDashboard } from './build-dashboard.ts';
import { drillDown } from './links.ts';
import { fullFigure, reuseFigure, saturationFigure } from './panels/common-figures.ts';
import {
  acceptQueuePanel,
  connectionsPanel,
  evidencePanel,
  fetchResultPanel,
  slotsPanel,
} from './panels/common-panels.ts';
import { serversTable } from './panels/servers-table.ts';
import { curves, figure } from './panels/short-forms.ts';
import { connectionQueries } from './queries/connection-queries.ts';
import { connectionsByActivity, hostQueries } from './queries/host-queries.ts';
import { selectTargets } from './queries/query.ts';
import { fullestTargets, slotsByState, statusQueries } from './queries/status-queries.ts';
import { meaning, thresholds, unit } from './theme.ts';

const select = selectTargets('nginx');
const shown = selectTargets('nginx', 'shown');
const status = statusQueries(select);
const connections = connectionQueries(select);
const host = hostQueries(select);

/** Are connections dropped? */
export const nginxDashboard = buildDashboard({
  name: 'nginx',
  title: 'Keep-alive / nginx connections',
  question: 'Are connections dropped or given up, and how many are left?',
  server: 'nginx',
  from: 'now-3h',
  shown: fullestTargets(select),
  glance: [
    fullFigure(status.fullByName),
    figure({
      title: 'Open / limit',
      query: status.worstConnectionOccupancy,
      unit: unit.ratio,
      thresholds: thresholds.connectionOccupancy,
      shown: 'value and name',
      shows: 'Open connections as a share of the limit, on the worst server.',
      bad: 'over 93.75 %: nginx closes idle connections. Shorten keepalive_timeout or raise worker_connections.',
    }),
    saturationFigure(status.worstSaturation, {
      shows: 'Connections that nginx cannot close for a visitor, as a share of the limit.',
      bad: 'over 95 %. Look for slow clients and a slow upstream.',
    }),
    figure({
      title: 'Idle clients',
      query: status.waitingConnections,
      thresholds: thresholds.none,
      shows: 'Idle keep-alive connections of all servers.',
      bad: 'a sudden fall while accepts rise: nginx closes them to make room.',
    }),
    figure({
      title: 'Dropped',
      query: connections.mostDropped,
      unit: unit.eventsPerSecond,
      thresholds: thresholds.anyRate,
      shown: 'value and name',
      shows:
        'Connections per second that nginx closed at once because none was free, on the worst server.',
      bad: 'anything but 0. Raise worker_connections and worker_rlimit_nofile.',
    }),
    reuseFigure(
      connections.requestsPerConnection,
      'From the log; without a log from the status page, which also counts the polls of the exporter.',
    ),
    serversTable(select, 7),
    evidencePanel(status.evidence),
    curves({
      title: 'Accepted, handled, dropped',
      queries: [connections.accepted, connections.handled, connections.dropped],
      unit: unit.eventsPerSecond,
      thresholds: thresholds.none,
      shows: 'Connections per second.',
      bad: 'handled below accepted: visitors are dropped.',
      colors: { accepted: meaning.neutral, handled: meaning.good, dropped: meaning.bad },
    }),
    slotsPanel(slotsByState(shown, 'connection'), 'Connections'),
  ],
  details: [
    {
      title: 'Connections, as the kernel sees them',
      panels: [connectionsPanel(connectionsByActivity(shown))],
    },
    {
      title: 'Possible causes',
      panels: [
        fetchResultPanel(status.fetchResult, 'empty_reply or reset: nginx has no connection left.'),
        curves({
          title: 'Requests in progress (HTTP/2 and 3: streams)',
          queries: [connections.requestsInProgress],
          unit: unit.count,
          thresholds: thresholds.none,
          shows:
            'Reading and Writing of stub_status, which count streams with HTTP/2 and 3, not connections.',
          bad: 'far more than connections: few clients with many streams.',
        }),
        curves({
          title: 'Error log: idle connections reclaimed',
          queries: [connections.reclaimed],
          unit: unit.eventsPerSecond,
          thresholds: thresholds.none,
          shows: 'Reports per second that nginx closed idle connections to make room.',
          bad: 'anything that lasts. Raise worker_connections or shorten keepalive_timeout.',
        }),
        curves({
          title: 'Error log: out of connections',
          queries: [connections.exhaustedEvents],
          unit: unit.eventsPerSecond,
          thresholds: thresholds.none,
          shows: 'Reports per second that worker_connections are not enough.',
          bad: 'anything but 0. Raise worker_connections.',
        }),
      ],
    },
    {
      title: 'Work and kernel',
      panels: [
        curves({
          title: 'Requests',
          queries: [status.requestRateByTarget],
          unit: unit.requestsPerSecond,
          thresholds: thresholds.none,
          shows: 'Requests per second.',
          bad: 'a fall while there are many connections. Look for a slow upstream.',
          links: [drillDown('traffic', 'Traffic')],
        }),
        curves({
          title: 'Requests per connection',
          worst: 'lowest',
          queries: [connections.requestsPerConnectionByTarget],
          unit: unit.count,
          thresholds: thresholds.none,
          shows: 'How well keep-alive is used.',
          bad: 'a fall to a third of the usual value. Look for a changed keep-alive setting or a proxy that closes connections.',
        }),
        acceptQueuePanel(host.acceptQueueLength),
        curves({
          title: 'Sockets by TCP state',
          queries: [host.kernelConnections],
          unit: unit.count,
          thresholds: thresholds.none,
          shows: 'TCP sockets of the ports on which nginx listens, by state.',
          bad: 'close_wait that grows: the server does not close connections that clients have closed.',
        }),
      ],
    },
  ],
});
