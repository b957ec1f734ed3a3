import {
  type HeldClients,
  openBusyClients,
  openHalfHeaderClients,
  openKeepaliveClients,
} from '../test/support/held-clients.ts';
import { requestsOnOneConnection } from '../test/support/requests-on-one-connection.ts';
import { waitUntil } from '../test/support/wait-until.ts';
import type { Drill } from './start-drill.ts';

export interface Scene {
  readonly name: string;
  /** Alerts that must arrive, as `name/target`. */
  readonly expected: readonly string[];
  /** Alerts that must not arrive during the scene. */
  readonly forbidden: readonly string[];
  /** Starts the scene. @returns a function that ends it */
  readonly begin: (drill: Drill) => Promise<() => Promise<unknown>>;
}

const closing = (clients: readonly HeldClients[]) => () =>
  Promise.all(clients.map((held) => held.close()));

export const scenes: readonly Scene[] = [
  {
    name: 'keep-alive flood on prefork',
    expected: ['WebserverExhaustedUnreachable/prefork'],
    forbidden: ['WebserverDown/prefork', 'WebserverExhausted/event', 'WebserverExhausted/nginx'],
    async begin({ prefork }) {
      return closing([await openKeepaliveClients({ port: prefork.port, count: 14, answered: 10 })]);
    },
  },
  {
    name: 'Slowloris on prefork',
    expected: ['WebserverExhaustedUnreachable/prefork'],
    forbidden: ['WebserverDown/prefork'],
    async begin({ prefork }) {
      return closing([await openHalfHeaderClients({ port: prefork.port, count: 14 })]);
    },
  },
  {
    name: 'slow upstream behind event',
    expected: ['WebserverExhaustedUnreachable/event'],
    forbidden: ['WebserverDown/event', 'WebserverExhausted/prefork'],
    async begin({ event }) {
      return closing([
        await openBusyClients({ port: event.port, count: 14, path: '/slow?ms=20000' }),
      ]);
    },
  },
  {
    name: 'more idle clients than event has workers',
    expected: [],
    forbidden: ['WebserverExhausted/event', 'WebserverDown/event'],
    async begin({ event }) {
      return closing([
        await openKeepaliveClients({ port: event.port, count: 6 }),
        await openKeepaliveClients({ port: event.port, count: 6 }),
      ]);
    },
  },
  {
    name: 'idle clients beyond nginx worker_connections',
    expected: ['WebserverKeepaliveReclaimed/nginx'],
    forbidden: ['WebserverExhausted/nginx', 'WebserverDown/nginx'],
    async begin({ nginx }) {
      const held: HeldClients[] = [];
      // nginx reports at most once a second, and the rule needs several reports.
      const timer = setInterval(() => {
        void openKeepaliveClients({ port: nginx.port, count: 20, answered: 0 }).then((clients) =>
          held.push(clients),
        );
      }, 300);
      return async () => {
        clearInterval(timer);
        await closing(held)();
      };
    },
  },
  {
    name: 'clients give up on a slow upstream (499)',
    expected: ['WebserverClientAbortSpike/nginx'],
    forbidden: ['WebserverDown/nginx', 'WebserverExhausted/nginx'],
    async begin({ nginx }) {
      let over = false;
      const going = (async () => {
        while (!over) {
          await requestsOnOneConnection({ url: `http://127.0.0.1:${nginx.port}/`, count: 4 });
          const impatient = await openBusyClients({ port: nginx.port, count: 4 });
          await waitUntil({
            until: 'the upstream has a request',
            holds: () => nginx.slowUpstream.inFlight() >= 4,
          });
          await impatient.close();
        }
      })();
      return async () => {
        over = true;
        await going;
      };
    },
  },
  {
    name: 'clients never end their request (408)',
    expected: ['WebserverRequestTimeoutSpike/nginx'],
    forbidden: ['WebserverDown/nginx'],
    async begin({ nginx }) {
      const timer = setInterval(() => {
        void openHalfHeaderClients({ port: nginx.port, count: 3 });
        void requestsOnOneConnection({ url: `http://127.0.0.1:${nginx.port}/`, count: 3 }).catch(
          () => undefined,
        );
      }, 500);
      return async () => clearInterval(timer);
    },
  },
  {
    name: 'the exporter dies',
    expected: ['WebserverUnobserved/'],
    forbidden: ['WebserverFleetDown/', 'WebserverDown/prefork', 'WebserverTargetVanished/prefork'],
    async begin({ exporter }) {
      exporter.signal('SIGSTOP');
      return async () => exporter.signal('SIGCONT');
    },
  },
  {
    name: 'a quiet night',
    expected: [],
    forbidden: [
      'WebserverDown/prefork',
      'WebserverExhausted/prefork',
      'WebserverClientAbortSpike/nginx',
      'KeepaliveExporterDown/',
    ],
    begin: async () => async () => undefined,
  },
  {
    name: 'a plain crash of prefork',
    expected: ['WebserverDown/prefork'],
    forbidden: ['WebserverExhausted/prefork', 'WebserverExhaustedUnreachable/prefork'],
    async begin({ prefork }) {
      await prefork.stop();
      return async () => undefined;
    },
  },
];
