import type { NginxStatus } from '../snapshot/nginx-status.ts';
import type { TargetView } from '../snapshot/target-view.ts';
import { type Family, family, type MetricType } from './family.ts';
import { known, nginxOf } from './target-samples.ts';

interface NginxRow {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly source: string;
  readonly read: (status: NginxStatus) => number | undefined;
}

/**
 * The families of nginx-prometheus-exporter 1.x for stub_status: its names and values, with the label `target`
 * besides. Two of its counters lack `_total`; that is kept.
 */
const rows: readonly NginxRow[] = [
  {
    name: 'nginx_connections_accepted',
    type: 'counter',
    help: 'Accepted client connections',
    source: 'stub_status accepts.',
    read: ({ accepts }) => accepts,
  },
  {
    name: 'nginx_connections_active',
    type: 'gauge',
    help: 'Active client connections',
    source: 'stub_status Active connections.',
    read: ({ active }) => active,
  },
  {
    name: 'nginx_connections_handled',
    type: 'counter',
    help: 'Handled client connections',
    source: 'stub_status handled.',
    read: ({ handled }) => handled,
  },
  {
    name: 'nginx_connections_reading',
    type: 'gauge',
    help: 'Connections where NGINX is reading the request header',
    source: 'stub_status Reading.',
    read: ({ reading }) => reading,
  },
  {
    name: 'nginx_connections_waiting',
    type: 'gauge',
    help: 'Idle client connections',
    source: 'stub_status Waiting.',
    read: ({ waiting }) => waiting,
  },
  {
    name: 'nginx_connections_writing',
    type: 'gauge',
    help: 'Connections where NGINX is writing the response back to the client',
    source: 'stub_status Writing.',
    read: ({ writing }) => writing,
  },
  {
    name: 'nginx_http_requests_total',
    type: 'counter',
    help: 'Total http requests',
    source: 'stub_status requests.',
    read: ({ requests }) => requests,
  },
];

export const nginxCompatFamilies: readonly Family<TargetView>[] = [
  nginxFamily({
    name: 'nginx_up',
    type: 'gauge',
    help: 'Status of the last metric scrape',
    source: 'As webserver_up.',
    samples: (view) => (nginxOf(view) === undefined ? 0 : 1),
  }),
  ...rows.map(({ read, ...row }) =>
    nginxFamily({
      ...row,
      samples: (view) => {
        const status = nginxOf(view);
        return status === undefined ? undefined : read(status);
      },
    }),
  ),
];

interface NginxFamilyRow extends Omit<NginxRow, 'read'> {
  readonly samples: (view: TargetView) => number | undefined;
}

function nginxFamily({ samples, ...row }: NginxFamilyRow): Family<TargetView> {
  return family({
    ...row,
    labels: ['target'],
    compatibleWith: 'nginx-prometheus-exporter',
    samples: (view: TargetView) => {
      const { name: target, server } = view.observation.target;
      return server === 'nginx' ? known({ target }, samples(view)) : [];
    },
  });
}
