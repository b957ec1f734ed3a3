import {
  AxisPlacement,
  LegendDisplayMode,
  LegendPlacement,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TrendBuilder } from '@grafana/grafana-foundation-sdk/trend';
import type { Query } from '../queries/query.ts';
import type { Unit } from '../theme.ts';
import { fixedColor } from './field-config.ts';
import { describe, type PanelBuilder, type PanelSpec } from './panel.ts';

export interface TrendCurve {
  readonly name: string;
  /** Returns one row for each value of the label. */
  readonly query: Query;
  readonly unit: Unit;
  readonly color: string;
  readonly axis: 'left' | 'right';
}

export interface TrendSpec extends Omit<PanelSpec, 'queries'> {
  readonly curves: readonly TrendCurve[];
  /** The label whose numeric values are the horizontal axis. */
  readonly over: { readonly label: string; readonly name: string };
}

/** Current values over a number instead of over time. */
export function trendPanel({ curves, over, ...spec }: TrendSpec): PanelBuilder {
  const panel = describe(new TrendBuilder(), {
    ...spec,
    queries: curves.map(({ query }) => query),
  })
    .min(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .showPoints(VisibilityMode.Always)
    .lineWidth(2)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({ id: 'organize', options: organizeOptions({ curves, over }) })
    // A label is text, but an axis needs numbers.
    .withTransformation({
      id: 'convertFieldType',
      options: { conversions: [{ targetField: over.name, destinationType: 'number' }] },
    })
    .withTransformation({ id: 'sortBy', options: { sort: [{ field: over.name }] } })
    .xField(over.name);
  for (const curve of curves) panel.overrideByName(curve.name, curveProperties(curve));
  return panel.overrideByName(over.name, [{ id: 'unit', value: spec.unit }]);
}

/** Grafana names the value of the query with refId A `Value #A`; `finishDashboard` names the first query A. */
function organizeOptions({ curves, over }: Pick<TrendSpec, 'curves' | 'over'>) {
  const values = curves.map(
    ({ name }, index) => [`Value #${String.fromCharCode(65 + index)}`, name] as const,
  );
  const names = [[over.label, over.name] as const, ...values];
  return {
    excludeByName: { Time: true },
    indexByName: Object.fromEntries(names.map(([field], index) => [field, index])),
    renameByName: Object.fromEntries(names),
  };
}

function curveProperties({ unit, color, axis }: TrendCurve): DynamicConfigValue[] {
  const placement = axis === 'left' ? AxisPlacement.Left : AxisPlacement.Right;
  return [
    { id: 'unit', value: unit },
    fixedColor(color),
    { id: 'custom.axisPlacement', value: placement },
  ];
}
