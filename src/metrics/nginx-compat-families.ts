import type { TargetView } from '../snapshot/target-view.ts';
import type { Family } from './family.ts';
import { figures } from './figures.ts';
import { nginxOf } from './target-samples.ts';

/** Only nginx targets have these families; they have no label but the target's name. */
function ofNginx<Part>(partOf: (view: TargetView) => Part | undefined) {
  return figures({
    labels: ['target'],
    compatibleWith: 'nginx-prometheus-exporter',
    series: (view: TargetView) => {
      const { name: target, server } = view.observation.target;
      const part = server === 'nginx' ? partOf(view) : undefined;
      return part === undefined ? [] : [{ labels: { target }, part }];
    },
  });
}

const figure = ofNginx(nginxOf);

/**
 * The families of nginx-prometheus-exporter 1.x for stub_status: its names and values, plus the label `target`. Two of
 * its counters have no suffix `_total`; they keep their names.
 */
export const nginxCompatFamilies: readonly Family<TargetView>[] = [
  ofNginx((view) => view)({
    name: 'nginx_up',
    help: 'Status of the last metric scrape',
    source: 'As webserver_up.',
    read: (view) => (nginxOf(view) === undefined ? 0 : 1),
  }),
  figure({
    name: 'nginx_connections_accepted',
    type: 'counter',
    help: 'Accepted client connections',
    source: 'stub_status accepts.',
    read: ({ accepts }) => accepts,
  }),
  figure({
    name: 'nginx_connections_active',
    help: 'Active client connections',
    source: 'stub_status Active connections.',
    read: ({ active }) => active,
  }),
  figure({
    name: 'nginx_connections_handled',
    type: 'counter',
    help: 'Handled client connections',
    source: 'stub_status handled.',
    read: ({ handled }) => handled,
  }),
  figure({
    name: 'nginx_connections_reading',
    help: 'Connections where NGINX is reading the request header',
    source: 'stub_status Reading.',
    read: ({ reading }) => reading,
  }),
  figure({
    name: 'nginx_connections_waiting',
    help: 'Idle client connections',
    source: 'stub_status Waiting.',
    read: ({ waiting }) => waiting,
  }),
  figure({
    name: 'nginx_connections_writing',
    help: 'Connections where NGINX is writing the response back to the client',
    source: 'stub_status Writing.',
    read: ({ writing }) => writing,
  }),
  figure({
    name: 'nginx_http_requests_total',
    type: 'counter',
    help: 'Total http requests',
    source: 'stub_status requests.',
    read: ({ requests }) => requests,
  }),
];
