import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { present } from '../../src/present.ts';
import { buildAnnotations } from './annotations.ts';
import { type FinishedDashboard, finishDashboard } from './finish-dashboard.ts';
import { type DashboardName, uidOf } from './links.ts';
import type { PanelBuilder } from './panels/panel.ts';
import { selectTargets } from './queries/query.ts';
import { buildObjectiveVariables, buildVariables } from './variables.ts';

export interface DashboardSpec {
  readonly name: DashboardName;
  readonly title: string;
  /** The question it answers. */
  readonly question: string;
  readonly server?: 'apache' | 'nginx';
  /** The metric whose labels list the jobs and instances. Default: `webserver_up`. */
  readonly chosenFrom?: string;
  /** Ranks the chosen targets: the six highest have repeated panels. */
  readonly shown?: string;
  /** The same for targets that have slots for connections. */
  readonly shownEvent?: string;
  /** `service levels`: adds the choice of objective and latency target. */
  readonly extra?: 'service levels';
  readonly from: string;
  /** The open row: the figures and the few panels that answer the question. */
  readonly glance: readonly PanelBuilder[];
  /** Folded rows, to be opened when the answer is bad. */
  readonly details: readonly Details[];
}

export interface Details {
  readonly title: string;
  readonly panels: readonly PanelBuilder[];
}

/** One dashboard in Grafana's classic form (schema 42), which every kind of import accepts. */
export function buildDashboard(spec: DashboardSpec): FinishedDashboard {
  const { server, shown, shownEvent, chosenFrom: metric = 'webserver_up' } = spec;
  const objectives = spec.extra === 'service levels' ? buildObjectiveVariables() : [];
  const builder = new DashboardBuilder(spec.title)
    .uid(uidOf(spec.name))
    .description(spec.question)
    .tags([familyTag, ...(server === undefined ? [] : [server])])
    .readonly()
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: spec.from, to: 'now' })
    .refresh('30s')
    .variables([
      ...buildVariables({
        metric,
        ...(server !== undefined && { server }),
        ...present({ shown, shownEvent }),
      }),
      ...objectives,
    ])
    .annotations(buildAnnotations(selectTargets(server)))
    .links([siblingsLink()]);
  return finishDashboard(withPanels(builder, spec));
}

/** The links at the top list the dashboards with this tag. */
const familyTag = 'keepalive-exporter';

function siblingsLink(): DashboardLinkBuilder {
  return new DashboardLinkBuilder('Keep-alive dashboards')
    .type(DashboardLinkType.Dashboards)
    .tags([familyTag])
    .asDropdown(false)
    .includeVars(true)
    .keepTime(true);
}

/** The panels of an open row follow it in the list; those of a folded row are inside it. */
function withPanels(builder: DashboardBuilder, { glance, details }: DashboardSpec): Dashboard {
  builder.withRow(new RowBuilder('At a glance'));
  for (const panel of glance) builder.withPanel(panel);
  for (const { title, panels } of details) {
    const row = new RowBuilder(title);
    for (const panel of panels) row.withPanel(panel);
    builder.withRow(row);
  }
  return builder.build();
}
