import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { Query } from '../queries/query.ts';
import { meaning, thresholds, unit } from '../theme.ts';
import { filledCell, fixedColor } from './field-config.ts';
import { describe, type PanelBuilder } from './panel.ts';

const severityColors = {
  type: MappingType.ValueToText,
  options: {
    critical: { text: 'critical', color: meaning.bad, index: 0 },
    warning: { text: 'warning', color: meaning.warning, index: 1 },
    info: { text: 'info', color: meaning.neutral, index: 2 },
  },
} as const;

interface AlertsTable {
  readonly query: Query;
  readonly width: number;
}

/** The alerts that fire, by name. */
export function alertsTable({ query, width }: AlertsTable): PanelBuilder {
  return describe(new TableBuilder(), {
    title: 'Alerts firing for this target',
    shows:
      'Alerts of this project for the chosen target, and those of services and exporters, which have no target.',
    bad: 'any row. docs/runbooks has a page for each name.',
    unit: unit.text,
    thresholds: thresholds.none,
    noValue: 'no alert fires',
    queries: [query],
    width,
  })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true, Value: true },
        indexByName: { severity: 0, alertname: 1, target: 2 },
        renameByName: { severity: 'Severity', alertname: 'Alert', target: 'Target' },
      },
    })
    .overrideByName('Severity', [
      { id: 'custom.width', value: 90 },
      { id: 'custom.cellOptions', value: filledCell },
      { id: 'mappings', value: [severityColors] },
      fixedColor(meaning.neutral),
    ])
    .overrideByName('Target', [{ id: 'custom.width', value: 110 }]);
}
