import { type Family, family } from './family.ts';

export interface ProbeResult {
  readonly success: boolean;
  readonly seconds: number;
}

/** What dashboards for Prometheus' multi-target exporters expect of every probe. */
export const probeFamilies: readonly Family<ProbeResult>[] = [
  family({
    name: 'probe_success',
    type: 'gauge',
    help: 'Whether the probe read the status page.',
    labels: [],
    source: 'The probe; only on /probe.',
    samples: ({ success }: ProbeResult) => [{ labels: {}, value: success ? 1 : 0 }],
  }),
  family({
    name: 'probe_duration_seconds',
    type: 'gauge',
    help: 'Time the probe took.',
    labels: [],
    source: 'The probe; only on /probe.',
    samples: ({ seconds }: ProbeResult) => [{ labels: {}, value: seconds }],
  }),
];
