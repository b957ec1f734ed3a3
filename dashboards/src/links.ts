/** A link from a figure to the dashboard that explains it, at the same time and for the same target. */
export interface DrillDown {
  readonly title: string;
  readonly url: string;
}

export type DashboardName =
  | 'fleet'
  | 'service'
  | 'apache'
  | 'nginx'
  | 'traffic'
  | 'tuning'
  | 'slo'
  | 'exporter';

/** Stable ids, because bookmarks, alert annotations and the links below use them. */
export function uidOf(name: DashboardName): string {
  return `keepalive-${name}`;
}

/** Links keep the chosen datasource, job and time. */
const keep = '${datasource:queryparam}&${job:queryparam}&${__url_time_range}';

/** From a curve of one target. */
export function drillDown(name: DashboardName, title: string): DrillDown {
  return {
    title,
    url: `/d/${uidOf(name)}?var-instance=\${__field.labels.instance}&var-target=\${__field.labels.target}&${keep}`,
  };
}

/** From a curve of one target to the dashboard of its server: the label `server` is part of the uid. */
export const toItsServer: DrillDown = {
  title: 'Slots of this server',
  url: `/d/keepalive-\${__field.labels.server}?var-instance=\${__field.labels.instance}&var-target=\${__field.labels.target}&${keep}`,
};

/** From a figure over all chosen targets: the link keeps the whole choice. */
export function sameChoice(name: DashboardName, title: string): DrillDown {
  return {
    title,
    url: `/d/${uidOf(name)}?\${instance:queryparam}&\${target:queryparam}&${keep}`,
  };
}

/** From a row of a table. Links use the names of the fields after they are renamed. */
export const fromRow: readonly DrillDown[] = [
  { title: 'Details: alerts, slots, logs', url: `/d/${uidOf('service')}?${rowChoice()}` },
  {
    title: 'Slots of this server',
    url: `/d/keepalive-\${__data.fields.Server}?${rowChoice()}`,
  },
  { title: 'Its traffic', url: `/d/${uidOf('traffic')}?${rowChoice()}` },
  { title: 'Its service levels', url: `/d/${uidOf('slo')}?${rowChoice()}` },
];

function rowChoice(): string {
  return `var-instance=\${__data.fields.Exporter}&var-target=\${__data.fields.Target}&${keep}`;
}
