import { allDashboards } from '../../dashboards/src/all-dashboards.ts';

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant?: boolean;
  readonly range?: boolean;
}

export interface Mapping {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
}

interface Property {
  readonly id: string;
  readonly value: unknown;
}

/** The parts of a panel that the rules for panels read. */
export interface DrawnPanel {
  readonly type: string;
  readonly title: string;
  readonly panels?: readonly DrawnPanel[];
  readonly repeat?: string;
  readonly maxDataPoints?: number;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets?: readonly Target[];
  readonly fieldConfig: {
    readonly defaults: {
      readonly unit?: string;
      readonly color?: { readonly mode: string };
      readonly mappings?: readonly Mapping[];
      readonly noValue?: string;
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null }[] };
      readonly custom?: Readonly<Record<string, unknown>>;
    };
    readonly overrides: readonly {
      readonly matcher: { readonly options?: unknown };
      readonly properties: readonly Property[];
    }[];
  };
  readonly options: {
    readonly sortBy?: readonly { readonly displayName: string; readonly desc: boolean }[];
    readonly graphMode?: string;
    readonly textMode?: string;
    readonly legend?: Readonly<Record<string, unknown>>;
  };
}

export function panelsOf(name: string): readonly DrawnPanel[] {
  const { panels } = allDashboards.get(name) as unknown as { panels: readonly DrawnPanel[] };
  return panels;
}

/** Every panel of every dashboard, with the name that a test shows. */
export const everyPanel = [...allDashboards.keys()].flatMap((name) =>
  panelsOf(name)
    .flatMap((panel) => [panel, ...(panel.panels ?? [])])
    .filter(({ type }) => type !== 'row')
    .map((panel) => [`${name}: ${panel.title}`, panel] as const),
);

export const ofType = (type: string) => everyPanel.filter(([, panel]) => panel.type === type);

/** The queries of a panel. */
export const exprs = (panel: DrawnPanel) => (panel.targets ?? []).map(({ expr }) => expr);
