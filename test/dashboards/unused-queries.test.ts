import { describe, expect, test } from 'vitest';
import { allDashboards } from '../../dashboards/src/all-dashboards.ts';
import { adviceQueries } from '../../dashboards/src/queries/advice-queries.ts';
import { connectionQueries } from '../../dashboards/src/queries/connection-queries.ts';
import { fleetQueries } from '../../dashboards/src/queries/fleet-queries.ts';
import { hostQueries } from '../../dashboards/src/queries/host-queries.ts';
import { logQueries } from '../../dashboards/src/queries/log-queries.ts';
import { type Query, type Select, selectTargets } from '../../dashboards/src/queries/query.ts';
import { sampledQueries } from '../../dashboards/src/queries/sampled-queries.ts';
import { selfQueries } from '../../dashboards/src/queries/self-queries.ts';
import { sloQueries } from '../../dashboards/src/queries/slo-queries.ts';
import { statusQueries } from '../../dashboards/src/queries/status-queries.ts';
import { tuningQueries } from '../../dashboards/src/queries/tuning-queries.ts';

type Catalog = (select: Select) => Readonly<Record<string, Query>>;

const catalogs: readonly (readonly [string, Catalog])[] = [
  ['advice', adviceQueries],
  ['connection', connectionQueries],
  ['fleet', fleetQueries],
  ['host', hostQueries],
  ['log', logQueries],
  ['sampled', sampledQueries],
  ['self', selfQueries],
  ['slo', sloQueries],
  ['status', statusQueries],
  ['tuning', tuningQueries],
];

const scopes = [undefined, 'apache', 'nginx'] as const;
const selections = scopes.flatMap((server) => [
  selectTargets(server),
  selectTargets(server, 'shown'),
]);
const dashboards = JSON.stringify([...allDashboards.values()]);
const isAsked = ({ expr }: Query): boolean => dashboards.includes(JSON.stringify(expr));

/** knip does not check the keys of an object, so an unused query would go unnoticed. */
describe('every query is used by a panel', () => {
  test.each(catalogs)('%s queries', (_, catalog) => {
    const names = Object.keys(catalog(selectTargets()));
    expect(names.length).toBeGreaterThan(3);
    const asked = selections.flatMap((select) =>
      Object.entries(catalog(select)).flatMap(([name, query]) => (isAsked(query) ? [name] : [])),
    );
    expect(names.filter((name) => !asked.includes(name))).toEqual([]);
  });
});
