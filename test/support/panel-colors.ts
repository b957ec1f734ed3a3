/** The parts of a panel of the classic form that decide its colours. */
export interface ColoredPanel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
  readonly panels?: readonly ColoredPanel[];
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: { readonly renameByName?: Readonly<Record<string, string>> };
  }[];
  readonly fieldConfig: {
    readonly defaults: FieldColors & { readonly noValue?: string };
    readonly overrides: readonly {
      readonly matcher: { readonly options?: unknown };
      readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
    }[];
  };
}

interface FieldColors {
  readonly color?: { readonly mode: string; readonly fixedColor?: string };
  readonly thresholds?: {
    readonly steps: readonly { readonly value: number | null; readonly color: string }[];
  };
  readonly mappings?: readonly {
    readonly type: string;
    readonly options: Readonly<Record<string, { readonly color?: string }>>;
  }[];
}

/** The panels that colour a value by what it is; curves have the colours of their names. */
const byValue = ['stat', 'table', 'state-timeline', 'status-history'];

export function colorsByValue({ type }: ColoredPanel): boolean {
  return byValue.includes(type);
}

/** The colour in which the panel shows a value of one of its queries: of its words, else of its thresholds. */
export function colorOf(panel: ColoredPanel, refId: string, value: number): string | undefined {
  const field = fieldOf(panel, refId);
  const words = field.mappings?.find(({ type }) => type === 'value')?.options;
  const word = words?.[String(value)]?.color;
  if (word !== undefined) return word;
  if (field.color?.mode === 'fixed') return field.color.fixedColor;
  return field.thresholds?.steps.findLast(({ value: from }) => from === null || value >= from)
    ?.color;
}

/** The defaults, and what is said of the column of this query. */
function fieldOf({ fieldConfig, transformations = [] }: ColoredPanel, refId: string): FieldColors {
  const names = transformations.find(({ id }) => id === 'organize')?.options.renameByName;
  const column = names?.[`Value #${refId}`];
  const override = fieldConfig.overrides.find(({ matcher }) => matcher.options === column);
  const own = Object.fromEntries((override?.properties ?? []).map(({ id, value }) => [id, value]));
  return { ...fieldConfig.defaults, ...(column === undefined ? {} : own) };
}
