import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { DrillDown } from '../links.ts';
import type { Query } from '../queries/query.ts';
import type { Step, Unit } from '../theme.ts';
import { meaning } from '../theme.ts';
import {
  absentMapping,
  filledCell,
  plainCell,
  thresholdsConfig,
  type Word,
  wordsMapping,
} from './field-config.ts';
import { describe, type PanelBuilder, type PanelSpec } from './panel.ts';

/** One column of figures; its query returns one row for each target. */
export interface Column {
  readonly name: string;
  readonly query: Query;
  readonly unit: Unit;
  readonly thresholds: readonly Step[];
  readonly words?: readonly Word[];
  /** Pixels. */
  readonly width: number;
}

export interface TableSpec extends Omit<PanelSpec, 'queries'> {
  readonly columns: readonly Column[];
  /** Columns of labels, by label. */
  readonly labels: Readonly<Record<string, string>>;
  /** The column of labels whose values are short. */
  readonly shortLabel: string;
  /** Columns in order of importance; the highest values are on top. */
  readonly sortBy: readonly string[];
  /** The links of the label cells. */
  readonly rowLinks: readonly DrillDown[];
}

/** One row for each target, the worst first, with links to its dashboards. */
export function tablePanel(spec: TableSpec): PanelBuilder {
  const panel = describe(new TableBuilder(), {
    ...spec,
    queries: spec.columns.map(({ query }) => query),
  })
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({ id: 'organize', options: organizeOptions(spec) })
    .sortBy(
      spec.sortBy.map((name) => new TableSortByFieldStateBuilder().displayName(name).desc(true)),
    );
  for (const column of spec.columns) panel.overrideByName(column.name, columnProperties(column));
  for (const label of Object.values(spec.labels)) {
    panel.overrideByName(label, [
      { id: 'links', value: spec.rowLinks },
      label === spec.shortLabel
        ? { id: 'custom.width', value: shortWidth }
        : { id: 'custom.minWidth', value: labelWidth },
    ]);
  }
  return panel;
}

/** Grafana names the value of the query with refId A `Value #A`; `finishDashboard` names the first query A. */
function organizeOptions({ columns, labels }: TableSpec) {
  const values = columns.map(({ name }, index) => [`Value #${refIdAt(index)}`, name] as const);
  // The name first, then the figures: at a width of 1,000 pixels the last columns are not visible.
  const [first, ...others] = Object.entries(labels);
  const names = [...(first === undefined ? [] : [first]), ...values, ...others];
  return {
    excludeByName: { Time: true, job: true },
    indexByName: Object.fromEntries(names.map(([field], index) => [field, index])),
    renameByName: Object.fromEntries(names),
  };
}

function refIdAt(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

/** Labels share the width that the figures leave. */
const labelWidth = 130;
/** Of one with short values. */
const shortWidth = 70;

/** What is fine has no colour: small coloured text is hard to read in the light theme, and hides the one bad cell. */
function withoutPraise<T extends { readonly color: string }>(word: T): T {
  const isFine = word.color === meaning.good || word.color === meaning.neutral;
  return isFine ? { ...word, color: plainCell } : word;
}

function columnProperties({ unit, thresholds, words, width }: Column): DynamicConfigValue[] {
  const mapped = words === undefined ? [] : [wordsMapping(words.map(withoutPraise))];
  return [
    { id: 'custom.width', value: width },
    { id: 'unit', value: unit },
    { id: 'thresholds', value: thresholdsConfig(thresholds.map(withoutPraise)) },
    { id: 'custom.cellOptions', value: filledCell },
    { id: 'mappings', value: [...mapped, absentMapping('–', plainCell)] },
    // Words override the colours of thresholds.
    ...(words === undefined
      ? []
      : [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: plainCell } }]),
  ];
}
