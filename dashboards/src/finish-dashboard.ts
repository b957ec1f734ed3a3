import type {
  AnnotationQuery,
  Dashboard,
  DashboardLink,
  Panel,
  RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';

declare const finished: unique symbol;

/** A dashboard that has passed `finishDashboard`. Only these are written. */
export type FinishedDashboard = Dashboard & { readonly [finished]: true };

type AnyPanel = Panel | RowPanel;

/**
 * Repairs what version 0.0.21 of the SDK leaves incomplete in the classic form:
 * - panels have no id, and every row has the id 0 (grafana issues 117084, 116170: panels get lost);
 * - targets have no refId, so that overrides and transformations cannot name them;
 * - links and annotations are always marked as hidden in the controls menu (SDK issues 1272, 1202);
 * - a folded row occupies the space of its panels, which moves the next row down.
 */
export function finishDashboard(dashboard: Dashboard): FinishedDashboard {
  const { links, annotations, ...rest } = dashboard;
  return {
    ...rest,
    links: (links ?? []).map(withoutPlacement<DashboardLink>),
    annotations: { list: (annotations?.list ?? []).map(withoutPlacement<AnnotationQuery>) },
    panels: numbered(placed((dashboard.panels ?? []).map(finishPanel))),
  } as unknown as FinishedDashboard;
}

function withoutPlacement<T extends { placement?: unknown }>(item: T): Omit<T, 'placement'> {
  const { placement: _hidden, ...shown } = item;
  return shown;
}

function finishPanel(panel: AnyPanel): AnyPanel {
  if (isRow(panel)) return { ...panel, panels: panel.panels.map(finishOne) };
  return finishOne(panel);
}

function finishOne(panel: Panel): Panel {
  const { links, targets, ...rest } = panel;
  return {
    ...rest,
    ...(links !== undefined && { links: links.map(withoutPlacement) as DashboardLink[] }),
    // All queries have a refId, but the SDK's common type of a query does not.
    targets: (targets ?? []).map((target, index) => ({ ...target, refId: refIdAt(index) })),
    ...withPlainDataLinks(panel),
  };
}

/** Links of a field are plain { title, url }; the SDK writes dashboard links with ten more keys. */
function withPlainDataLinks({ fieldConfig }: Panel): Pick<Panel, 'fieldConfig'> {
  const { links, ...defaults } = fieldConfig?.defaults ?? {};
  const plain = (links ?? []).map(({ title, url, targetBlank }: DashboardLink) => ({
    title,
    url,
    targetBlank,
  }));
  return {
    fieldConfig: {
      overrides: fieldConfig?.overrides ?? [],
      defaults: { ...defaults, ...(plain.length > 0 && { links: plain }) },
    },
  } as Pick<Panel, 'fieldConfig'>;
}

/** A, B, C, ... */
function refIdAt(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

/** Ids in reading order: a new panel changes only the ids after it. */
function numbered(panels: readonly AnyPanel[]): AnyPanel[] {
  let id = 0;
  const next = <T extends AnyPanel>(panel: T): T => {
    id += 1;
    return { ...panel, id };
  };
  return panels.map((panel) => {
    const own = next(panel);
    return isRow(own) ? { ...own, panels: own.panels.map(next) } : own;
  });
}

const columns = 24;

/** Fills lines from left to right. The panels inside a folded row occupy no space below it. */
function placed(panels: readonly AnyPanel[]): AnyPanel[] {
  let line = startLine(0);
  return panels.map((panel) => {
    if (!isRow(panel)) {
      const spot = nextSpot(line, panel);
      line = spot.line;
      return spot.panel;
    }
    const y = line.y + line.height;
    line = startLine(y + 1);
    return { ...panel, gridPos: { x: 0, y, w: columns, h: 1 }, panels: placedWithin(panel, y + 1) };
  });
}

function placedWithin({ panels }: RowPanel, y: number): Panel[] {
  let line = startLine(y);
  return panels.map((panel) => {
    const spot = nextSpot(line, panel);
    line = spot.line;
    return spot.panel;
  });
}

interface Line {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

function startLine(y: number): Line {
  return { x: 0, y, height: 0 };
}

function nextSpot(line: Line, panel: Panel): { readonly line: Line; readonly panel: Panel } {
  const { w, h } = panel.gridPos ?? { w: columns, h: 8 };
  const { x, y, height } = line.x + w > columns ? startLine(line.y + line.height) : line;
  return {
    line: { x: x + w, y, height: Math.max(height, h) },
    panel: { ...panel, gridPos: { x, y, w, h } },
  };
}

function isRow(panel: AnyPanel): panel is RowPanel {
  return panel.type === 'row';
}
