import { parse, stringify } from 'yaml';
import { z } from 'zod';

const promDuration = z.string().regex(/^\d+[smhd]$/, 'wants a duration such as 5m');
const share = z.number().gt(0).lt(1);

const windowSchema = z.strictObject({
  severity: z.enum(['critical', 'warning']),
  long: promDuration,
  short: promDuration,
  /** Multiples of the speed that spends the budget exactly in its period. */
  burn: z.number().positive(),
  for: promDuration,
});

const sloSchema = z
  .strictObject({
    availability: z.strictObject({ objective: share }),
    latency: z.strictObject({ objective: share, seconds: z.number().positive() }),
    minimum_requests: z.number().int().positive(),
    minimum_bad: z.number().int().positive(),
    windows: z.array(windowSchema).min(1),
  })
  .check(({ value, issues }) => {
    for (const { long, burn } of value.windows) {
      for (const name of ['availability', 'latency'] as const) {
        if (threshold(burn, value[name].objective) < 1) continue;
        const message = `${name}: burn ${burn} over ${long} asks for more failures than there are responses; it can never fire`;
        issues.push({ code: 'custom', input: value, message });
      }
    }
  });

type Slo = z.infer<typeof sloSchema>;
type BurnWindow = z.infer<typeof windowSchema>;

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** One promise: what is recorded of it, and how its alert speaks. */
interface Objective {
  readonly alert: string;
  readonly record: string;
  readonly objective: number;
  readonly subject: string;
  readonly badShare: (window: string) => string;
}

/**
 * Text of alerts/slo.yml -> text of alerts/slo.rules.yml. Throws what is wrong with the configuration:
 * this runs when somebody edits it, never in the exporter.
 */
export function renderSloRules(source: string): string {
  const slo = sloSchema.parse(parse(source));
  const groups = objectivesOf(slo).map((objective) => ({
    name: `keepalive-${objective.record}`,
    interval: '1m',
    rules: [...shareRules(slo, objective), ...slo.windows.map((w) => burnAlert(slo, objective, w))],
  }));
  const requests = { name: 'keepalive-slo-requests', interval: '1m', rules: requestRules(slo) };
  const notice = '# Generated from alerts/slo.yml by `npm run generate`; do not edit.\n';
  return notice + stringify({ groups: [requests, ...groups] }, { lineWidth: 0 });
}

function objectivesOf({ availability, latency }: Slo): readonly Objective[] {
  return [
    {
      alert: 'WebserverAvailabilityBudgetBurn',
      record: 'slo_availability_failed',
      objective: availability.objective,
      subject: '5xx',
      badShare: failedShare,
    },
    {
      alert: 'WebserverLatencyBudgetBurn',
      record: 'slo_latency_failed',
      objective: latency.objective,
      subject: `slower than ${latency.seconds} s`,
      badShare: (window) => slowShare(window, latency.seconds),
    },
  ];
}

function requestRules({ windows }: Slo): readonly Rule[] {
  return distinct(windows.map(({ long }) => long)).map((window) => ({
    record: `target:slo_requests:increase${window}`,
    expr: perService(`increase(webserver_log_responses_by_class_total[${window}])`),
  }));
}

function shareRules({ windows }: Slo, { record, badShare }: Objective): readonly Rule[] {
  return distinct(windows.flatMap(({ long, short }) => [short, long])).map((window) => ({
    record: `target:${record}:ratio_rate${window}`,
    expr: badShare(window),
  }));
}

/** By class, whose counters begin at 0: one born at 400 with its code would have no increase. */
function failedShare(window: string): string {
  const all = perService(`rate(webserver_log_responses_by_class_total[${window}])`);
  const failed = perService(`rate(webserver_log_responses_by_class_total{class="5xx"}[${window}])`);
  return `${failed} / (${all} > 0)`;
}

function slowShare(window: string, seconds: number): string {
  const bucket = `webserver_log_request_duration_seconds_bucket{le=~"${leOf(seconds)}"}`;
  const fast = perService(`rate(${bucket}[${window}])`);
  const all = perService(`rate(webserver_log_request_duration_seconds_count[${window}])`);
  return `1 - ${fast} / (${all} > 0)`;
}

/** Prometheus 3 stores le="1.0" where 2.x stores le="1". */
function leOf(seconds: number): string {
  return Number.isInteger(seconds)
    ? `${seconds}(\\\\.0)?`
    : String(seconds).replaceAll('.', '\\\\.');
}

/**
 * Visitors are promised a service, not an instance. Without `instance` and `pod`, what short-lived pods have served
 * stays in the sum as long as the window reaches back to them.
 */
function perService(series: string): string {
  return `sum by (cluster, namespace, job, target, server) (${series})`;
}

function burnAlert(slo: Slo, objective: Objective, window: BurnWindow): Rule {
  const { alert, record, subject } = objective;
  const limit = threshold(window.burn, objective.objective);
  return {
    alert,
    expr: [
      `target:${record}:ratio_rate${window.long} > ${limit}`,
      `and target:${record}:ratio_rate${window.short} > ${limit}`,
      `and target:slo_requests:increase${window.long} >= ${slo.minimum_requests}`,
      `and target:${record}:ratio_rate${window.long} * target:slo_requests:increase${window.long} >= ${slo.minimum_bad}`,
    ].join('\n'),
    for: window.for,
    labels: { severity: window.severity, window: window.long },
    annotations: {
      summary: `{{ $labels.target }} spends its error budget ${window.burn} times too fast`,
      description: `{{ $value | humanizePercentage }} of the responses in ${window.long} were ${subject}; the objective allows ${percent(1 - objective.objective)}. Still so in the last ${window.short}.`,
      runbook_url: `https://docs.example.com/keepalive-exporter/runbooks/${alert}.md`,
      dashboard_url: 'https://grafana.example.com/d/keepalive-slo?var-target={{ $labels.target }}',
    },
  };
}

/** 14.4 x (1 - 0.999) is 0.014400000000000013 in floating point; a rule file is read by people. */
function threshold(burn: number, objective: number): number {
  return Number((burn * (1 - objective)).toPrecision(6));
}

function percent(part: number): string {
  return `${Number((part * 100).toPrecision(6))} %`;
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
