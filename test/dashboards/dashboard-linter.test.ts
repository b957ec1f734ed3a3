import { describe, expect, test } from 'vitest';
import { allDashboards } from '../../dashboards/src/all-dashboards.ts';
import { promised } from '../../dashboards/src/variables.ts';
import { readDefaults } from '../../tools/rules/rule-config.ts';
import { everyPanel, exprs } from '../support/drawn-panels.ts';
import { fillGrafanaVariables, readPromqlNames } from '../support/promql-names.ts';

/**
 * Rules of grafana/dashboard-linter (docs/rules), by name, and where they are checked:
 * - dashboards.test.ts: panel-datasource-rule, panel-title-description-rule, panel-units-rule, panel-no-targets-rule,
 *   target-promql-rule, target-job-rule, target-instance-rule, template-job-rule, template-instance-rule
 * - panel-rules.test.ts: target-rate-interval-rule
 * - here: template-datasource-rule, template-label-promql-rule, template-on-time-change-reload-rule,
 *   template-uneditable-rule, target-counter-agg-rule
 */
interface LintedDashboard {
  readonly editable: boolean;
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly label: string;
      readonly type: string;
      readonly query: string;
      readonly refresh?: number;
    }[];
  };
}

describe.each([...allDashboards])('%s, by the rules of dashboard-linter', (_, finished) => {
  const dashboard = finished as unknown as LintedDashboard;
  const [datasource, ...choices] = dashboard.templating.list;

  test('template-datasource-rule: a datasource variable of type prometheus with this name', () => {
    expect(datasource).toMatchObject({
      name: 'datasource',
      label: 'Data source',
      type: 'datasource',
      query: 'prometheus',
    });
  });

  test('template-label-promql-rule: choices are values of a query that parses', () => {
    for (const { query } of choices.filter(({ type }) => type === 'query')) {
      const [, selector = ''] =
        /^(?:label_values\((?=.+, \w+\)$)|query_result\()(.+?)(?:, \w+)?\)$/.exec(query) ?? [];
      const { errors, selectors } = readPromqlNames(fillGrafanaVariables(selector));
      expect({ errors, asks: selectors.length > 0 }, query).toEqual({ errors: [], asks: true });
    }
  });

  test('template-on-time-change-reload-rule: choices follow the time range', () => {
    for (const { type, refresh } of choices) if (type === 'query') expect(refresh).toBe(2);
  });

  test('template-uneditable-rule: generated dashboards cannot be edited in Grafana', () => {
    expect(dashboard.editable).toBe(false);
  });
});

test.each(everyPanel)('target-counter-agg-rule: %s uses counters only as rates', (_, panel) => {
  for (const expr of exprs(panel)) {
    const bare = expr.replaceAll(/(?:rate|increase|changes)\(\w+\{[^}]*\}\[/g, '');
    expect(bare).not.toMatch(/\w+_total\{/);
  }
});

test('the default objectives are those of the alert rules', () => {
  const rules = readDefaults();
  expect(promised).toEqual({
    availability: rules.availability_objective,
    latency: rules.latency_objective,
    latencySeconds: rules.latency_seconds,
  });
});
