import type { Family } from './family.ts';
import { figures } from './figures.ts';

export interface ProbeResult {
  readonly success: boolean;
  readonly seconds: number;
}

const figure = figures({
  labels: [],
  series: (result: ProbeResult) => [{ labels: {}, part: result }],
});

/** The families that dashboards for multi-target exporters expect from every probe. */
export const probeFamilies: readonly Family<ProbeResult>[] = [
  figure({
    name: 'probe_success',
    help: 'Whether the probe read the status page (1).',
    source: 'The probe; only on /probe.',
    read: ({ success }) => Number(success),
  }),
  figure({
    name: 'probe_duration_seconds',
    help: 'Duration of the probe.',
    source: 'The probe; only on /probe.',
    read: ({ seconds }) => seconds,
  }),
];
