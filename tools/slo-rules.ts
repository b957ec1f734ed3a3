import { parse, stringify } from 'yaml';

/** alerts/slo.yml as it is written. */
interface SloConfig {
  readonly availability: { readonly objective: number };
  readonly latency: { readonly objective: number; readonly threshold: string };
  readonly floor: number;
}

interface Objective {
  readonly name: 'availability' | 'latency';
  readonly objective: number;
  /** Share of bad events over a window. */
  readonly errorRatio: (window: string) => string;
}

/** Windows of the Google SRE workbook: how fast the budget of 30 days burns, seen over a long and a short window. */
const burnWindows = [
  { long: '1h', short: '5m', factor: 14.4, wait: '2m', severity: 'critical' },
  { long: '6h', short: '30m', factor: 6, wait: '15m', severity: 'critical' },
  { long: '1d', short: '2h', factor: 3, wait: '1h', severity: 'warning' },
  { long: '3d', short: '6h', factor: 1, wait: '3h', severity: 'warning' },
] as const;

const windows = [...new Set(burnWindows.flatMap(({ long, short }) => [short, long]))];
const by = 'by (job, instance, target, server)';

/** The rules of the objectives, as a rule file. */
export function renderSloRules(yaml: string): string {
  const config = parse(yaml) as SloConfig;
  const groups = objectives(config).flatMap((objective) => [
    recordingGroup(objective),
    alertGroup(objective, config.floor),
  ]);
  const header = '# Generated from alerts/slo.yml by `npm run generate`; do not edit.\n';
  return header + stringify({ groups }, { lineWidth: 0 });
}

function objectives({ availability, latency }: SloConfig): readonly Objective[] {
  return [
    {
      name: 'availability',
      objective: availability.objective,
      errorRatio: (window) =>
        `(sum ${by} (rate(webserver_log_responses_total{code=~"5.."}[${window}])) or 0 * sum ${by} (rate(webserver_log_responses_total[${window}]))) / (sum ${by} (rate(webserver_log_responses_total[${window}])) > 0)`,
    },
    {
      name: 'latency',
      objective: latency.objective,
      errorRatio: (window) =>
        `1 - sum ${by} (rate(webserver_log_request_duration_seconds_bucket{le="${latency.threshold}"}[${window}])) / (sum ${by} (rate(webserver_log_request_duration_seconds_count[${window}])) > 0)`,
    },
  ];
}

const recordOf = (name: string, window: string) =>
  `target:webserver_slo_${name}_errors:ratio_rate${window}`;

function recordingGroup({ name, errorRatio }: Objective) {
  return {
    name: `webserver.slo.${name}.recording`,
    rules: windows.map((window) => ({ record: recordOf(name, window), expr: errorRatio(window) })),
  };
}

function alertGroup({ name, objective }: Objective, floor: number) {
  const budget = Number((1 - objective).toFixed(6));
  const title = name === 'availability' ? 'Availability' : 'Latency';
  return {
    name: `webserver.slo.${name}.alerts`,
    rules: burnWindows.map(({ long, short, factor, wait, severity }) => ({
      alert: `WebServer${title}BudgetBurn`,
      expr: [
        `${recordOf(name, long)} > ${factor} * ${budget}`,
        `and ${recordOf(name, short)} > ${factor} * ${budget}`,
        `and target:webserver_log_responses:rate5m > ${floor}`,
      ].join('\n'),
      for: wait,
      labels: { severity, long, short },
      annotations: {
        summary: `{{ $labels.target }} burns its ${name} budget ${factor} times too fast`,
        description: `{{ $value | humanizePercentage }} of the requests of {{ $labels.target }} in the last ${long} were bad; the objective allows ${(budget * 100).toFixed(2)} %.`,
        runbook_url: `https://github.com/keepalive-exporter/keepalive-exporter/blob/main/docs/runbooks/WebServer${title}BudgetBurn.md`,
        dashboard_url: '/d/keepalive-slo/?from=now-6h&var-target={{ $labels.target }}',
      },
    })),
  };
}
