import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableHide,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** A variable, not an `__inputs` entry: those work only in the import form, not with provisioning. */
export const datasource = { type: 'prometheus', uid: '${datasource}' } as const;

export interface VariableScope {
  /** Series whose labels name the jobs and instances to choose from. */
  readonly metric: string;
  readonly server?: 'apache' | 'nginx';
  /** A query that ranks the chosen targets. The highest have panels of their own. */
  readonly shown?: string;
  /** The same for the targets that have slots for connections. */
  readonly shownEvent?: string;
}

/** The hidden variables with the targets that have panels of their own. */
export type Shown = 'shown' | 'shown_event';

/** The choices above every dashboard: datasource, job, exporter, target. */
export function buildVariables({
  metric,
  server,
  shown,
  shownEvent,
}: VariableScope): cog.Builder<VariableModel>[] {
  const ofServer = server === undefined ? '' : `, server="${server}"`;
  // A logs-only target has no webserver_up.
  const named = metric.startsWith('webserver_') ? metric : 'webserver_up';
  const within = 'job=~"$job", instance=~"$instance"';
  return [
    new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
    choice({ name: 'job', label: 'Job', query: `label_values(${metric}, job)` }),
    choice({
      name: 'instance',
      label: 'Instance',
      query: `label_values(${metric}{job=~"$job"}, instance)`,
    }),
    choice({
      name: 'target',
      label: 'Target',
      query: `label_values(${named}{${within}${ofServer}}, target)`,
    }),
    ...(shown === undefined ? [] : [highestOf('shown', shown)]),
    ...(shownEvent === undefined ? [] : [highestOf('shown_event', shownEvent)]),
  ];
}

/**
 * A hidden variable with the six highest targets, the highest first. Fifty targets with a panel each would fill
 * twenty-five screens.
 */
function highestOf(name: Shown, ranks: string): cog.Builder<VariableModel> {
  const query = `query_result(topk(6, ${ranks}))`;
  return new QueryVariableBuilder(name)
    .label('With a panel of its own')
    .hide(VariableHide.HideVariable)
    .datasource(datasource)
    .query(query)
    .definition(query)
    .regex('/target="([^"]+)"/')
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.Disabled)
    .multi(true)
    .includeAll(true)
    .current({ selected: true, text: 'All', value: '$__all' });
}

interface Choice {
  readonly name: string;
  readonly label: string;
  readonly query: string;
}

/**
 * All is `.+`, so it also finds targets that appear after the page was opened. Refreshed with the time range: refreshed
 * on load alone, a dashboard of last week would list the servers of today.
 */
function choice({ name, label, query }: Choice): cog.Builder<VariableModel> {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ selected: true, text: 'All', value: '$__all' });
}

/** The default objectives of the alert rules; a test compares them with alerts/config.yml. */
export const promised = { availability: 0.999, latency: 0.99, latencySeconds: 1 } as const;

/** The objectives: shares of responses, and the latency target. */
export function buildObjectiveVariables(): cog.Builder<VariableModel>[] {
  return [
    pick({
      name: 'objective',
      label: 'Objective',
      values: ['0.9', '0.95', '0.99', '0.995', '0.999', '0.9999'],
      chosen: String(promised.availability),
    }),
    pick({
      name: 'latency_objective',
      label: 'Latency objective',
      values: ['0.9', '0.95', '0.99', '0.995', '0.999'],
      chosen: String(promised.latency),
    }),
    // Bounds of the default buckets: the histogram has no figure for a target between two of them.
    pick({
      name: 'latency',
      label: 'Latency target (s)',
      values: ['0.1', '0.25', '0.5', '1', '2.5', '5'],
      chosen: String(promised.latencySeconds),
    }),
  ];
}

interface Pick {
  readonly name: string;
  readonly label: string;
  readonly values: readonly string[];
  readonly chosen: string;
}

function pick({ name, label, values, chosen }: Pick): cog.Builder<VariableModel> {
  return new CustomVariableBuilder(name)
    .label(label)
    .values(values.join(','))
    .multi(false)
    .includeAll(false)
    .current({ selected: true, text: chosen, value: chosen })
    .options(values.map((value) => ({ selected: value === chosen, text: value, value })));
}
